import { Link } from "react-router";
import type { Entry } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Evidence } from "../../components/Evidence";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import css from "./Events.module.css";

export function EntryRow({ entry }: { entry: Entry }) {
  const what = entry.name || entry.subject;
  return (
    <li className={`${list.row} ${css.row}`} data-testid="entry-row">
      <span className={css.dim}>
        <Ago at={entry.at} />
      </span>
      <span className={css.actor} title={entry.actor}>
        {entry.actor}
      </span>
      <span className={css.action}>{entry.action}</span>
      <div className={css.what}>
        <span className={css.dim}>{entry.kind}</span>{" "}
        {entry.project_id ? (
          <Link to={`/projects/${entry.project_id}${entry.node_id ? `?node=${entry.node_id}` : ""}`}>{what}</Link>
        ) : (
          <span title={entry.subject}>{what}</span>
        )}
        <Evidence of={entry.data} title={texts.entries.data} />
      </div>
    </li>
  );
}
