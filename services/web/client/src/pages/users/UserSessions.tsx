import { Button } from "@mantine/core";
import { useEndSession, useUserSessions } from "../../api/users";
import { Ago } from "../../components/Ago";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { agentOf } from "../../lib/agent";
import { texts } from "../../texts";
import css from "./Users.module.css";

const words = texts.users;

export function UserSessions({ id }: { id: string }) {
  const sessions = useUserSessions(id);
  const end = useEndSession(id);
  return (
    <section className={css.section}>
      <h2>{words.sessions}</h2>
      <ErrorNote error={sessions.error ?? end.error} />
      {sessions.data?.length === 0 && <p>{words.noSessions}</p>}
      {!!sessions.data?.length && (
        <ul className={list.list}>
          {sessions.data.map((session) => (
            <li key={session.id} className={`${list.row} ${css.item}`}>
              <span title={session.user_agent}>{agentOf(session.user_agent) ?? texts.settings.unknownAgent}</span>
              <span className={css.dim}>
                {session.ip} · <Ago at={session.last_seen_at} say={texts.settings.lastSeen} />
              </span>
              <Button variant="default" size="compact-sm" onClick={() => end.mutate(session.id)}>
                {words.endSession}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {(sessions.data?.length ?? 0) > 1 && (
        <div className={css.buttons}>
          <Button variant="default" onClick={() => end.mutate(null)}>
            {words.endSessions}
          </Button>
        </div>
      )}
    </section>
  );
}
