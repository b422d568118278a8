import { ActionIcon, Button, NativeSelect, SegmentedControl, Switch } from "@mantine/core";
import type { Node, NodeLog } from "../../api/types";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { momentOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./LogPanel.module.css";
import { LogSearchField } from "./LogSearchField";
import type { LogSearch } from "./useLogSearch";

const words = texts.log;
const TAILS = ["200", "1000", "5000"];

type Props = {
  node: Node;
  logs: NodeLog[];
  log: NodeLog | undefined;
  lineCount: number;
  /** It has said more than is shown. */
  hasMore: boolean;
  search: LogSearch;
  tail: number;
  isFollowing: boolean;
  onTail: (tail: number) => void;
  onChoose: (container: string) => void;
  onFollow: (isFollowing: boolean) => void;
  onDownload: () => void;
  onHide: () => void;
};

export function LogBar(props: Props) {
  const { node, logs, log } = props;
  return (
    <header className={css.bar}>
      <h2>
        <StateMark state={node.state} size={10} /> {words.title(node.name)}
      </h2>
      {logs.length > 1 && log && (
        <SegmentedControl
          size="xs"
          aria-label={words.container}
          value={log.container}
          onChange={props.onChoose}
          data={logs.map((each) => each.container)}
        />
      )}
      <LogSearchField search={props.search} />
      <span className={css.state}>
        {log && [words.lines(props.lineCount), props.hasMore ? words.more : liveness(log)].filter(Boolean).join(" · ")}
      </span>
      <Switch size="xs" label={words.follow} checked={props.isFollowing} onChange={(event) => props.onFollow(event.currentTarget.checked)} />
      <NativeSelect
        size="xs"
        aria-label={words.tail}
        title={words.tail}
        value={String(props.tail)}
        onChange={(event) => props.onTail(Number(event.currentTarget.value))}
        data={TAILS.map((value) => ({ value, label: `${value} ${words.tail.toLowerCase()}` }))}
      />
      <Button variant="default" size="xs" disabled={!log} onClick={props.onDownload}>
        {words.download}
      </Button>
      <ActionIcon aria-label={words.hide} title={words.hide} onClick={props.onHide}>
        <Icon name="close" />
      </ActionIcon>
    </header>
  );
}

function liveness(log: NodeLog): string | null {
  if (log.is_live) return words.live;
  return log.kept_until && words.keptUntil(momentOf(log.kept_until, Date.now()));
}
