/** What a task said on a host, with the change it made where it tells one. */
import { ActionIcon } from "@mantine/core";
import { CopyButton } from "../../components/CopyButton";
import { Icon } from "../../components/Icon";
import { diffLines, type Cell } from "../../lib/runGrid";
import { texts } from "../../texts";
import { ResultMark } from "./ResultMark";
import css from "./RunGrid.module.css";

const words = texts.runs;

export function CellOutput({ cell, onClose }: { cell: Cell; onClose: () => void }) {
  const first = cell.events[0]!;
  const said = cell.events.filter((event) => event.message);
  return (
    <section className={css.output} role="status" data-testid="cell-output">
      <header>
        <ResultMark result={cell.result} />
        <strong>
          {first.host} · {first.task}
        </strong>
        {said.length > 0 && <CopyButton text={said.map((event) => event.message).join("\n")} />}
        <ActionIcon aria-label={texts.close} title={texts.close} onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </header>
      <p>
        {words.results[cell.result]}
        {cell.events.map((event) => (
          <span key={event.seq}>
            {" "}
            · <a href={`#event-${event.seq}`}>{event.item ?? `#${event.seq}`}</a>
          </span>
        ))}
      </p>
      {said.map((event) => (
        <Message key={event.seq} text={event.message!} />
      ))}
      {!said.length && <p>{words.saidNothing}</p>}
    </section>
  );
}

function Message({ text }: { text: string }) {
  const lines = diffLines(text);
  return (
    <pre tabIndex={0}>
      {lines
        ? lines.map((line, index) => (
            <span key={index} data-sign={line.sign}>
              {line.text}
            </span>
          ))
        : text}
    </pre>
  );
}
