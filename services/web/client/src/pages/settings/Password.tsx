import { Button, PasswordInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useChangePassword } from "../../api/account";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";
import css from "./Settings.module.css";

const words = texts.settings;

export function Password() {
  const change = useChangePassword();
  const [present, setPresent] = useState("");
  const [password, setPassword] = useState("");

  function save(event: FormEvent) {
    event.preventDefault();
    const forget = () => {
      setPresent("");
      setPassword("");
    };
    change.mutate({ present, password }, { onSuccess: forget });
  }

  return (
    <section className={css.section}>
      <h2>{words.password}</h2>
      <p>{words.passwordText}</p>
      <form className={css.fields} onSubmit={save}>
        <PasswordInput label={words.present} autoComplete="current-password" value={present} onChange={(event) => setPresent(event.currentTarget.value)} />
        <PasswordInput label={words.next} placeholder={words.nextHint} autoComplete="new-password" minLength={8} value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
        <Button type="submit" size="sm" variant="default" disabled={!present || !password} loading={change.isPending}>
          {words.changePassword}
        </Button>
      </form>
      <ErrorNote error={change.error} />
      {change.isSuccess && <span role="status">{words.passwordChanged}</span>}
    </section>
  );
}
