import { Badge, Button } from "@mantine/core";
import { useRevokeSession, useSessions } from "../../api/access";
import { Ago } from "../../components/Ago";
import { ErrorNote } from "../../components/ErrorNote";
import { ListSkeleton } from "../../components/ListSkeleton";
import list from "../../components/List.module.css";
import { agentOf } from "../../lib/agent";
import { texts } from "../../texts";
import css from "./Settings.module.css";

const words = texts.settings;

export function Sessions() {
  const sessions = useSessions();
  const revoke = useRevokeSession();
  return (
    <section className={css.section}>
      <h2>{words.sessions}</h2>
      <p>{words.sessionsText}</p>
      <ErrorNote error={sessions.error ?? revoke.error} onRetry={() => void sessions.refetch()} />
      {sessions.isPending && <ListSkeleton rows={2} height={44} />}
      {!!sessions.data?.length && (
        <ul className={list.list}>
          {sessions.data.map((session) => (
            <li key={session.id} className={`${list.row} ${css.row}`}>
              <span className={css.main}>
                <span title={session.user_agent ?? undefined}>{agentOf(session.user_agent) ?? words.unknownAgent}</span>
                {session.current && (
                  <Badge variant="light" size="sm" tt="none">
                    {words.thisSession}
                  </Badge>
                )}
              </span>
              <span className={css.dim}>
                {session.ip} · <Ago at={session.last_seen_at} say={words.lastSeen} />
              </span>
              {!session.current && (
                <Button variant="default" size="compact-sm" onClick={() => revoke.mutate(session.id)}>
                  {words.revokeSession}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
