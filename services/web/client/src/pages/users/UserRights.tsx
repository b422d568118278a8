import { Button, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { Account } from "../../api/types";
import { useChangeUser } from "../../api/users";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";
import { Choice } from "./Choice";
import css from "./Users.module.css";

const words = texts.users;
type Role = keyof typeof words.roles;
const ROLES = Object.entries(words.roles).map(([value, label]) => ({ value, label }));

/** Name, role and quota, saved together. */
export function UserRights({ account }: { account: Account }) {
  const change = useChangeUser(account.id);
  const [name, setName] = useState(account.name);
  const [role, setRole] = useState(account.role as Role);
  const [most, setMost] = useState<number | string>(account.max_nodes ?? "");
  const max_nodes = most === "" ? null : Number(most);
  const isSame = name.trim() === account.name && role === account.role && max_nodes === account.max_nodes;

  function save(event: FormEvent) {
    event.preventDefault();
    change.mutate({ name: name.trim(), role, max_nodes });
  }

  return (
    <form className={css.section} onSubmit={save}>
      <h2>{words.rights}</h2>
      <Choice label={words.role} hint={words.roleHint[role]}>
        <SegmentedControl aria-label={words.role} value={role} onChange={(value) => setRole(value as Role)} data={ROLES} />
      </Choice>
      <div className={css.fields}>
        <TextInput label={texts.settings.name} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <NumberInput
          data-testid="user-quota"
          label={words.quota}
          min={0}
          max={100_000}
          allowDecimal={false}
          placeholder={account.max_nodes === null ? words.quotaDefault(account.may_run) : undefined}
          value={most}
          onChange={setMost}
        />
      </div>
      <p className={css.hint}>{words.quotaHint(account.running_nodes)}</p>
      <ErrorNote error={change.error} />
      <div className={css.buttons}>
        <Button type="submit" data-testid="user-save" disabled={isSame || !name.trim()} loading={change.isPending}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}
