import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useAddUser } from "../../api/users";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";
import { NewLink } from "./NewLink";
import { ShownOnce } from "./ShownOnce";
import { Choice } from "./Choice";

const words = texts.users;
type Role = keyof typeof words.roles;
type Way = keyof typeof words.ways;

export function AddUser({ onClose }: { onClose: () => void }) {
  const add = useAddUser();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("user");
  const [way, setWay] = useState<Way>("link");

  function send(event: FormEvent) {
    event.preventDefault();
    add.mutate({ email: email.trim(), name: name.trim(), role, byLink: way === "link" });
  }

  if (add.data) {
    const { link, made } = add.data;
    return (
      <Modal opened onClose={onClose} closeOnClickOutside={false} title={words.add}>
        <Stack gap={16}>
          {link && <NewLink link={link} />}
          {made?.password && <ShownOnce title={words.passwordTitle(made.user.email)} text={words.passwordOnce} secret={made.password} />}
          <Group justify="flex-end">
            <Button onClick={onClose}>{words.done}</Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={words.add}>
      <form onSubmit={send}>
        <Stack gap={16}>
          <TextInput data-autofocus data-testid="user-email" type="email" label={words.email} required withAsterisk={false} maxLength={254} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <TextInput label={words.name} placeholder={words.namePlaceholder} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Choice label={words.role} hint={words.roleHint[role]}>
            <SegmentedControl fullWidth aria-label={words.role} value={role} onChange={(value) => setRole(value as Role)} data={choices(words.roles)} />
          </Choice>
          <Choice label={words.way} hint={words.wayHint[way]}>
            <SegmentedControl fullWidth aria-label={words.way} value={way} onChange={(value) => setWay(value as Way)} data={choices(words.ways)} />
          </Choice>
          <ErrorNote error={add.error} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" data-testid="user-submit" disabled={!email.trim()} loading={add.isPending}>
              {way === "link" ? words.addLink : words.addPassword}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function choices(labels: Record<string, string>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}
