import { Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useChangeName } from "../../api/account";
import { useUser } from "../../api/session";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";
import css from "./Settings.module.css";

const words = texts.settings;

export function Account() {
  const user = useUser();
  const change = useChangeName();
  const [name, setName] = useState(user?.name ?? "");
  if (!user) return null;

  function save(event: FormEvent) {
    event.preventDefault();
    change.mutate(name.trim());
  }

  return (
    <section className={css.section}>
      <h2>{words.account}</h2>
      <p>{words.accountText(user.email, texts.users.roles[user.role as keyof typeof texts.users.roles])}</p>
      <form className={css.form} onSubmit={save}>
        <TextInput label={words.name} autoComplete="name" maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button type="submit" size="sm" variant="default" disabled={!name.trim() || name.trim() === user.name} loading={change.isPending}>
          {words.saveName}
        </Button>
      </form>
      <ErrorNote error={change.error} />
    </section>
  );
}
