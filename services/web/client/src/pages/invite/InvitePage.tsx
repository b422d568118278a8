/** Where a link leads: its secret follows the #, which browsers keep to themselves. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useState, type FormEvent } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { useAcceptInvitation, useInvitation } from "../../api/account";
import { useUser } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { momentOf } from "../../lib/time";
import { sentenceOf } from "../../api/errors";
import { texts } from "../../texts";
import css from "../login/LoginPage.module.css";

const words = texts.invite;

export function InvitePage() {
  const token = useLocation().hash.slice(1);
  const invitation = useInvitation(token);
  const accept = useAcceptInvitation(token);
  const other = useUser();
  const go = useNavigate();
  const [name, setName] = useState<string | null>(null);
  const [password, setPassword] = useState("");
  const purpose = invitation.data?.purpose === "reset" ? "reset" : "join";
  useDocumentTitle(`${words.title[purpose]} · ${texts.product}`);

  if (!token || invitation.error) {
    return (
      <main className={css.page}>
        <EmptyState isPage title={token ? words.overTitle : words.noneTitle} text={token ? sentenceOf(invitation.error) : words.noneText}>
          <Button component={Link} to="/login" variant="default">
            {words.toLogin}
          </Button>
        </EmptyState>
      </main>
    );
  }
  if (!invitation.data) return <main className={css.page} aria-busy aria-label={words.loading} />;
  const { email, name: known, expires_at } = invitation.data;

  function submit(event: FormEvent) {
    event.preventDefault();
    accept.mutate({ password, name: name ?? known }, { onSuccess: () => void go("/", { replace: true }) });
  }

  return (
    <main className={css.page}>
      <form className={css.form} onSubmit={submit}>
        <img src="/icon.svg" alt="" width={36} height={36} />
        <h1>{words.title[purpose]}</h1>
        <p>{words.hello[purpose](email)}</p>
        {other && other.email !== email && <p className={css.hint}>{words.otherUser(other.email)}</p>}
        <input type="hidden" name="username" autoComplete="username" value={email} />
        {purpose === "join" && (
          <TextInput data-testid="invite-name" label={words.name} autoComplete="name" maxLength={200} value={name ?? known} onChange={(event) => setName(event.currentTarget.value)} />
        )}
        <PasswordInput
          data-testid="invite-password"
          label={words.password}
          description={words.passwordHint}
          autoComplete="new-password"
          minLength={8}
          required
          withAsterisk={false}
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ErrorNote error={accept.error} />
        <Button type="submit" size="sm" data-testid="invite-submit" loading={accept.isPending} fullWidth>
          {words.submit[purpose]}
        </Button>
        <p className={css.hint}>{words.goodUntil(momentOf(expires_at, Date.now()))}</p>
      </form>
    </main>
  );
}
