import { Link } from "react-router";
import { useUser } from "../../api/session";
import type { Account } from "../../api/types";
import { Ago } from "../../components/Ago";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import css from "./Users.module.css";

const words = texts.users;

export function UserRow({ account }: { account: Account }) {
  const isMe = useUser()?.id === account.id;
  const mark = words.states[account.state as keyof typeof words.states];
  const isFull = account.running_nodes > 0 && account.running_nodes >= account.may_run;
  return (
    <li className={`${list.row} ${css.row}`} data-testid="user-row" data-user-id={account.id}>
      <div className={css.who}>
        <Link to={`/users/${account.id}`} data-row className={list.main}>
          {account.name}
        </Link>
        {isMe && <span className={css.mark}>{words.you}</span>}
        {mark && <span className={css.mark}>{mark}</span>}
        <p>{account.email}</p>
      </div>
      <span className={css.cell}>{words.roles[account.role as keyof typeof words.roles]}</span>
      <span className={css.cell} data-full={isFull || undefined}>
        {words.nodes(account.running_nodes, account.may_run)}
      </span>
      <span className={css.cell}>{account.seen_at ? <Ago at={account.seen_at} /> : words.never}</span>
    </li>
  );
}
