/** What a node's containers say, below its page: live, searchable, to be taken away as a file. */
import { useEffect, useRef, useState, type RefObject } from "react";
import { useNodeLogs } from "../../api/nodes";
import type { Node } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { download, fileName } from "../../lib/download";
import { logLines } from "../../lib/logs";
import { texts } from "../../texts";
import { LogBar } from "./LogBar";
import css from "./LogPanel.module.css";
import { LogText } from "./LogText";

const words = texts.log;

export function LogPanel({ node, onHide }: { node: Node; onHide: () => void }) {
  const [tail, setTail] = useState(200);
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [isFollowing, setFollowing] = useState(true);
  const panel = useRef<HTMLElement>(null);
  useFocusInside(panel);
  const logs = useNodeLogs(node, tail);
  const all = logs.data ?? [];
  const log = all.find((each) => each.container === chosen) ?? all[0];
  const lines = log ? logLines(log.text, query) : [];

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
        query={query}
        tail={tail}
        isFollowing={isFollowing}
        onQuery={setQuery}
        onTail={setTail}
        onChoose={setChosen}
        onFollow={setFollowing}
        onDownload={() => log && download(fileName(node.name, log.container, "log.txt"), log.text)}
        onHide={onHide}
      />
      <ErrorNote error={logs.error} onRetry={() => void logs.refetch()} />
      {log?.errors.map((error) => (
        <p key={error} className={css.error}>
          {error}
        </p>
      ))}
      {log && lines.length > 0 && <LogText lines={lines} query={query} isFollowing={isFollowing} onFollow={setFollowing} />}
      {log && !lines.length && <p className={css.note}>{query ? words.noMatch(query) : words.empty}</p>}
      {logs.data?.length === 0 && <p className={css.note}>{words.none}</p>}
    </section>
  );
}

/** The panel takes the focus, so that Esc closes it, and gives it back to what opened it. */
function useFocusInside(panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [panel]);
}
