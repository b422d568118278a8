import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import { useUser } from "../../api/session";
import type { Account } from "../../api/types";
import { useChangeUser } from "../../api/users";
import { ErrorNote } from "../../components/ErrorNote";
import { exactOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./Users.module.css";

const words = texts.users;

/** Closing can be undone: no question is asked. */
export function CloseAccount({ account }: { account: Account }) {
  const isMe = useUser()?.id === account.id;
  const change = useChangeUser(account.id);
  const [close_nodes, setCloseNodes] = useState(false);
  const isClosed = account.closed_at !== null;
  return (
    <section className={css.section}>
      <h2>{words.closeTitle}</h2>
      <p>{isMe ? words.closeOwn : account.closed_at ? words.closedSince(exactOf(account.closed_at)) : words.closeText}</p>
      {!isMe && !isClosed && account.running_nodes > 0 && (
        <Checkbox
          label={words.closeNodes(account.running_nodes)}
          description={words.closeNodesHint}
          checked={close_nodes}
          onChange={(event) => setCloseNodes(event.currentTarget.checked)}
        />
      )}
      <ErrorNote error={change.error} />
      {!isMe && (
        <div className={css.buttons}>
          <Button
            variant="default"
            data-testid="close-account"
            color={isClosed ? undefined : "red"}
            loading={change.isPending}
            onClick={() => change.mutate(isClosed ? { is_closed: false } : { is_closed: true, close_nodes })}
          >
            {isClosed ? words.reopen : words.close}
          </Button>
        </div>
      )}
    </section>
  );
}
