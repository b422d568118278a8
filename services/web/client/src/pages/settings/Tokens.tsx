import { Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useCreateToken, useRevokeToken, useTokens } from "../../api/access";
import { Ago } from "../../components/Ago";
import { CopyButton } from "../../components/CopyButton";
import { ErrorNote } from "../../components/ErrorNote";
import { ListSkeleton } from "../../components/ListSkeleton";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import css from "./Settings.module.css";

const words = texts.settings;

export function Tokens() {
  const tokens = useTokens();
  const create = useCreateToken();
  const revoke = useRevokeToken();
  const [name, setName] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate(name.trim(), { onSuccess: () => setName("") });
  }

  return (
    <section className={css.section}>
      <h2>{words.tokens}</h2>
      <p>{words.tokensText}</p>
      <form className={css.form} onSubmit={submit}>
        <TextInput
          label={words.tokenName}
          placeholder={words.tokenPlaceholder}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" disabled={!name.trim()} loading={create.isPending}>
          {words.createToken}
        </Button>
      </form>
      <ErrorNote error={create.error ?? revoke.error ?? tokens.error} />
      {create.data && (
        <div className={css.once} role="status">
          <p>{words.tokenOnce}</p>
          <code>{create.data.token}</code>
          <div>
            <CopyButton text={create.data.token} />
            <Button variant="subtle" size="compact-xs" onClick={create.reset}>
              {words.hideToken}
            </Button>
          </div>
        </div>
      )}
      {tokens.isPending && <ListSkeleton rows={1} height={44} />}
      {tokens.data?.length === 0 && <p>{words.noTokens}</p>}
      {!!tokens.data?.length && (
        <ul className={list.list}>
          {tokens.data.map((token) => (
            <li key={token.id} className={`${list.row} ${css.row}`}>
              <span className={css.main}>{token.name}</span>
              <span className={css.dim}>
                <Ago at={token.created_at} say={words.created} /> ·{" "}
                {token.last_used_at ? <Ago at={token.last_used_at} say={words.lastUsed} /> : words.neverUsed}
              </span>
              <Button variant="default" size="compact-sm" onClick={() => revoke.mutate(token.id)}>
                {words.revokeToken}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
