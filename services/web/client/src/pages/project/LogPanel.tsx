/** What a node's containers say, below its page: live, searchable, to be taken away as a file. */
import { useMemo, useRef, useState } from "react";
import { useNodeLogs } from "../../api/nodes";
import type { Node, NodeLog } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { download, fileName } from "../../lib/download";
import { logLines, type Line } from "../../lib/logs";
import { texts } from "../../texts";
import { LogBar } from "./LogBar";
import css from "./LogPanel.module.css";
import { LogText } from "./LogText";
import { useFocusInside } from "./useFocusInside";
import { useLogSearch } from "./useLogSearch";

const words = texts.log;
const NO_LINES: Line[] = [];

export function LogPanel({ node, onHide }: { node: Node; onHide: () => void }) {
  const [tail, setTail] = useState(200);
  const [chosen, setChosen] = useState<string | null>(null);
  const [held, hold] = useState<NodeLog | null>(null);
  const panel = useRef<HTMLElement>(null);
  useFocusInside(panel);
  const logs = useNodeLogs(node, tail);
  const all = logs.data ?? [];
  const newest = all.find((each) => each.container === chosen) ?? all[0];
  // Who reads further up keeps what they read: new lines would push the old ones out.
  const log = held && held.container === newest?.container ? held : newest;
  const lines = useMemo(() => (log?.text ? logLines(log.text) : NO_LINES), [log?.text]);
  const search = useLogSearch(lines);
  const follow = (isFollowing: boolean) => hold(isFollowing ? null : (newest ?? null));

  return (
    <section
      ref={panel}
      tabIndex={-1}
      className={css.panel}
      aria-label={words.title(node.name)}
      data-testid="log-panel"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onHide();
      }}
    >
      <LogBar
        node={node}
        logs={all}
        log={log}
        lineCount={lines.length}
        hasMore={!!log && log.text !== newest?.text}
        search={{ ...search, step: (by) => (follow(false), search.step(by)) }}
        tail={tail}
        isFollowing={!held}
        onTail={(count) => (setTail(count), hold(null))}
        onChoose={(container) => (setChosen(container), hold(null))}
        onFollow={follow}
        onDownload={() => log && download(fileName(node.name, log.container, "log.txt"), lines.map((line) => `${line.text}\n`).join(""))}
        onHide={onHide}
      />
      <ErrorNote error={logs.error} onRetry={() => void logs.refetch()} />
      {log?.errors.map((error) => (
        <p key={error} className={css.error}>
          {error}
        </p>
      ))}
      {log && lines.length > 0 && <LogText lines={lines} query={search.query} hit={search.hit} isFollowing={!held} onFollow={follow} />}
      {log && !lines.length && <p className={css.note}>{words.empty}</p>}
      {logs.data?.length === 0 && <p className={css.note}>{words.none}</p>}
    </section>
  );
}
