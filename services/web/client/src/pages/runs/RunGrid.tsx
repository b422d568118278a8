/** Hosts down, tasks across, a cell per result; below it the newest line of a live run. */
import { ScrollArea } from "@mantine/core";
import type { RunEvent } from "../../api/types";
import { cellKey, type Grid } from "../../lib/runGrid";
import { texts } from "../../texts";
import css from "./RunGrid.module.css";
import { ResultMark } from "./ResultMark";

const words = texts.runs;

type Props = { grid: Grid; chosen: string | null; onChoose: (key: string | null) => void; live: RunEvent | undefined };

export function RunGrid({ grid, chosen, onChoose, live }: Props) {
  return (
    <>
      <p className={css.hint}>{words.gridHint}</p>
      <ScrollArea type="auto" className={css.box}>
        <table className={css.grid} data-testid="run-grid">
          <thead>
            <tr>
              <td />
              {grid.tasks.map((task, index) => (
                <th key={task.key} scope="col" title={task.key}>
                  <span aria-hidden>{index + 1}</span>
                  <span className="sr-only">{task.key}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.hosts.map((host) => (
              <tr key={host}>
                <th scope="row">{host}</th>
                {grid.tasks.map((task) => {
                  const key = cellKey(host, task.key);
                  const cell = grid.cells.get(key);
                  if (!cell) return <td key={task.key} />;
                  const label = words.cell(host, task.key, words.results[cell.result]);
                  return (
                    <td key={task.key}>
                      <button
                        type="button"
                        data-result={cell.result}
                        aria-pressed={chosen === key}
                        aria-label={label}
                        title={label}
                        onClick={() => onChoose(chosen === key ? null : key)}
                      >
                        <ResultMark result={cell.result} />
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      {live && (
        <p className={css.live} data-testid="run-live">
          {[live.host, live.task, live.kind === "output" && live.message?.split("\n").at(-1)].filter(Boolean).join(" · ")}
        </p>
      )}
    </>
  );
}
