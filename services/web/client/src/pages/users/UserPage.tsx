import { Link, useParams } from "react-router";
import { ApiError } from "../../api/errors";
import { useAccount } from "../../api/users";
import { Ago } from "../../components/Ago";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { texts } from "../../texts";
import { useDocumentTitle } from "@mantine/hooks";
import { CloseAccount } from "./CloseAccount";
import { UserPassword } from "./UserPassword";
import { UserRights } from "./UserRights";
import css from "./Users.module.css";
import { UserSessions } from "./UserSessions";
import { UserTokens } from "./UserTokens";

const words = texts.users;

export function UserPage() {
  const { id = "" } = useParams();
  const { data: account, error, refetch } = useAccount(id);
  useDocumentTitle(`${account?.name ?? words.title} · ${texts.product}`);
  if (error instanceof ApiError && error.status === 404) return <EmptyState isPage title={words.notFoundTitle} />;
  const mark = account && words.states[account.state as keyof typeof words.states];
  return (
    <div className={`${list.page} ${css.narrow}`}>
      <Link to="/users" className={css.back}>
        <Icon name="back" size={14} /> {words.back}
      </Link>
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {!account && !error && <ListSkeleton rows={4} />}
      {account && (
        <>
          <header className={css.head}>
            <h1>
              {account.name}
              {mark && <span className={css.mark}>{mark}</span>}
            </h1>
            <p>
              {account.email} · {account.seen_at ? <Ago at={account.seen_at} say={texts.settings.lastSeen} /> : words.never}
            </p>
          </header>
          <UserRights key={`${account.name} ${account.role} ${account.max_nodes}`} account={account} />
          {account.state !== "closed" && <UserPassword account={account} />}
          <UserSessions id={id} />
          <UserTokens id={id} />
          <CloseAccount account={account} />
        </>
      )}
    </div>
  );
}
