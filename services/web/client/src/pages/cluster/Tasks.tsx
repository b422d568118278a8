/** The tasks of a host as small squares, each with its state's shape; the words are in a list to unfold. */
import { Tooltip } from "@mantine/core";
import type { HostTask } from "../../api/types";
import { StateMark } from "../../components/StateMark";
import { stateOfTask } from "../../lib/platform";
import { texts } from "../../texts";
import css from "./Cluster.module.css";

const words = texts.cluster;

function nameOf(task: HostTask): string {
  if (!task.is_ours) return `${task.service} (${words.foreign})`;
  return task.node ? words.ofNode(task.node.name, task.node.project) : (task.part ?? task.service);
}

export function Tasks({ tasks }: { tasks: HostTask[] }) {
  if (!tasks.length) return <p className={css.none}>{words.noTasks}</p>;
  return (
    <details className={css.tasks}>
      <summary>
        <span>{words.tasks(tasks.length)}</span>
        <span className={css.squares}>
          {tasks.map((task, at) => (
            <Tooltip key={`${task.service}${at}`} label={words.task(nameOf(task), task.state)}>
              <span className={css.square} data-kind={!task.is_ours ? "foreign" : task.node ? "node" : "part"}>
                <StateMark state={stateOfTask(task)} size={10} />
              </span>
            </Tooltip>
          ))}
        </span>
      </summary>
      <ul>
        {tasks.map((task, at) => (
          <li key={`${task.service}${at}`}>
            <StateMark state={stateOfTask(task)} size={10} /> {nameOf(task)} <span>{task.state}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
