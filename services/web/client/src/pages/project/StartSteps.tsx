/** The steps of a start as they happen, and a way out when it takes long. */
import type { Node } from "../../api/types";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { addStep, type Step } from "../../lib/steps";
import { lengthOf } from "../../lib/time";
import { useNow } from "../../lib/useNow";
import { texts } from "../../texts";
import css from "./StartSteps.module.css";

/** After this (ms) a start is slower than people expect, and they are told what they may do. */
const PATIENCE = 10_000;

export function StartSteps({ node, steps }: { node: Node; steps: Step[] }) {
  const now = useNow();
  const known = addStep(steps, node, Date.parse(node.state_since));
  const current = known.filter((each) => each.start === node.state_since);
  const since = current[0]?.since ?? Date.parse(node.state_since);
  return (
    <div>
      <ol className={css.steps} aria-live="polite">
        {current.map((each, index) => (
          <li key={`${each.since}-${each.step}`} data-now={index === current.length - 1 || undefined}>
            {index < current.length - 1 ? <Icon name="check" size={12} /> : <StateMark state="starting" />}
            <span>{each.step}</span>
            <span className={css.length} aria-hidden>
              {lengthOf((current[index + 1]?.since ?? now) - each.since)}
            </span>
          </li>
        ))}
        {!current.length && (
          <li data-now>
            <StateMark state="starting" />
            <span>{texts.node.page.waiting}</span>
          </li>
        )}
      </ol>
      {now - since > PATIENCE && <p className={css.patience}>{texts.node.page.stillWaiting}</p>}
    </div>
  );
}
