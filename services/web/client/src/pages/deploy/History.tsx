/** The last deployments, the newest first: the newest runs, the others can be gone back to. */
import { Button } from "@mantine/core";
import type { Deployment } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Details } from "../../components/Details";
import list from "../../components/List.module.css";
import { StateMark } from "../../components/StateMark";
import { changedParts } from "../../lib/platform";
import { texts } from "../../texts";
import css from "./Deploy.module.css";

const words = texts.deploy;

export function History({ deployments, onRollBack }: { deployments: Deployment[]; onRollBack: (id: string) => void }) {
  return (
    <section className={css.section} aria-labelledby="history">
      <h2 id="history">{words.history}</h2>
      {!deployments.length && <p>{words.historyEmpty}</p>}
      <ul className={list.list}>
        {deployments.map((each, at) => (
          <li key={each.id} className={`${list.row} ${css.past}`} data-testid="deployment-row">
            <StateMark state={each.outcome === "failed" ? "failed" : "succeeded"} />
            <div>
              <strong>{changedParts(each, deployments[at + 1]).join(", ")}</strong>{" "}
              <span>
                <Ago at={each.at} /> {words.by(each.by)}
                {each.outcome === "failed" && `, ${words.failed}`}
              </span>
              {each.message && <p>{each.message}</p>}
              <Details text={Object.entries(each.images).map(([name, image]) => `${name}: ${image}`).join("\n")} />
            </div>
            {at === 0 ? <span>{words.now}</span> : <Button variant="default" onClick={() => onRollBack(each.id)}>{words.rollback}</Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
