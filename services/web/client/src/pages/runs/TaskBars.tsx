/** How long each task took, beside the others. */
import type { Task } from "../../lib/runGrid";
import { texts } from "../../texts";
import css from "./RunGrid.module.css";

export function TaskBars({ tasks, onChoose }: { tasks: Task[]; onChoose: (key: string) => void }) {
  const longest = Math.max(...tasks.map((task) => task.seconds), 0.001);
  return (
    <ol className={css.bars}>
      {tasks.map((task, index) => (
        <li key={task.key}>
          <button type="button" onClick={() => onChoose(task.key)}>
            <span className={css.number}>{index + 1}</span>
            <span className={css.name} title={task.key}>
              {task.key}
            </span>
            <span className={css.track}>
              <span className={css.bar} style={{ display: "block", width: `${(100 * Math.max(0, task.seconds)) / longest}%` }} />
            </span>
            <span className={css.seconds}>{texts.runs.seconds(Math.max(0, task.seconds))}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
