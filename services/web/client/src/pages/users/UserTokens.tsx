import { Button } from "@mantine/core";
import { useEndToken, useUserTokens } from "../../api/users";
import { Ago } from "../../components/Ago";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import css from "./Users.module.css";

const words = texts.users;

export function UserTokens({ id }: { id: string }) {
  const tokens = useUserTokens(id);
  const end = useEndToken(id);
  return (
    <section className={css.section}>
      <h2>{words.tokens}</h2>
      <ErrorNote error={tokens.error ?? end.error} />
      {tokens.data?.length === 0 && <p>{words.noTokens}</p>}
      {!!tokens.data?.length && (
        <ul className={list.list}>
          {tokens.data.map((token) => (
            <li key={token.id} className={`${list.row} ${css.item}`}>
              <span>{token.name}</span>
              <span className={css.dim}>
                <Ago at={token.created_at} say={texts.settings.created} /> ·{" "}
                {token.last_used_at ? <Ago at={token.last_used_at} say={texts.settings.lastUsed} /> : texts.settings.neverUsed}
              </span>
              <Button variant="default" size="compact-sm" onClick={() => end.mutate(token.id)}>
                {words.revokeToken}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {(tokens.data?.length ?? 0) > 1 && (
        <div className={css.buttons}>
          <Button variant="default" onClick={() => end.mutate(null)}>
            {words.revokeTokens}
          </Button>
        </div>
      )}
    </section>
  );
}
