import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useState, type FormEvent } from "react";
import { Navigate, useSearchParams } from "react-router";
import { ApiError } from "../../api/errors";
import { useLogin, useSession } from "../../api/session";
import { ErrorNote } from "../../components/ErrorNote";
import { nextPath } from "../../lib/nextPath";
import { texts } from "../../texts";
import css from "./LoginPage.module.css";
import { WaitNote } from "./WaitNote";

export function LoginPage() {
  useDocumentTitle(`${texts.login.title} · ${texts.product}`);
  const [params] = useSearchParams();
  const session = useSession();
  const login = useLogin();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const wait = login.error instanceof ApiError ? login.error.retryAfter : null;

  if (session.data) return <Navigate to={nextPath(params.get("next"))} replace />;

  function submit(event: FormEvent) {
    event.preventDefault();
    login.mutate({ email, password });
  }

  return (
    <main className={css.page}>
      <form className={css.form} onSubmit={submit}>
        <img src="/icon.svg" alt="" width={36} height={36} />
        <h1>{texts.product}</h1>
        <TextInput
          data-testid="login-email"
          label={texts.login.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          data-testid="login-password"
          label={texts.login.password}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ErrorNote error={login.error} />
        {wait !== null && <WaitNote key={login.submittedAt} seconds={wait} />}
        <Button type="submit" size="sm" data-testid="login-submit" loading={login.isPending} fullWidth>
          {texts.login.submit}
        </Button>
        <p className={css.hint}>{texts.login.firstLogin}</p>
      </form>
    </main>
  );
}
