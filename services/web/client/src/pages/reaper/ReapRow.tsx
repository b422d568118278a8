import { Link } from "react-router";
import type { Reap } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Evidence } from "../../components/Evidence";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import css from "./Reaper.module.css";

const words = texts.reaper;

export function ReapRow({ reap }: { reap: Reap }) {
  return (
    <li className={`${list.row} ${css.row}`} data-testid="reap-row">
      <span className={css.when}>
        <Ago at={reap.at} />
      </span>
      <div className={css.what}>
        <strong>{reap.name}</strong> <span className={css.kind}>{words.kinds[reap.kind] ?? reap.kind}</span>
        <p>{reap.sentence}</p>
        <Evidence of={reap.evidence} />
      </div>
      {reap.kind === "node" && reap.project_id && <Link to={`/projects/${reap.project_id}`}>{words.toProject}</Link>}
    </li>
  );
}
