import { Button } from "@mantine/core";
import type { Account } from "../../api/types";
import { useMakeLink, useWithdrawLink } from "../../api/users";
import { ErrorNote } from "../../components/ErrorNote";
import { momentOf } from "../../lib/time";
import { texts } from "../../texts";
import { NewLink } from "./NewLink";
import css from "./Users.module.css";

const words = texts.users;

/** The link with which a user comes to a password. */
export function UserPassword({ account }: { account: Account }) {
  const make = useMakeLink(account.id);
  const withdraw = useWithdrawLink(account.id);
  const purpose = account.state === "invited" ? "join" : "reset";
  const out = account.invitation;
  return (
    <section className={css.section}>
      <h2>{words.password}</h2>
      <p>{words.passwordText[purpose]}</p>
      {make.data && out && <NewLink link={make.data} />}
      {!make.data && out && <span className={css.dim}>{words.linkOpen(momentOf(out.expires_at, Date.now()))}</span>}
      {!out && purpose === "join" && <span className={css.dim}>{words.linkNone}</span>}
      <ErrorNote error={make.error ?? withdraw.error} />
      <div className={css.buttons}>
        <Button variant="default" data-testid="make-link" loading={make.isPending} onClick={() => make.mutate()}>
          {words.makeLink[purpose]}
        </Button>
        {out && (
          <Button variant="subtle" onClick={() => withdraw.mutate(undefined, { onSuccess: make.reset })}>
            {words.withdraw}
          </Button>
        )}
      </div>
    </section>
  );
}
