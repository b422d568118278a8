/** What Ctrl+K finds for the open pages: every page that could stand beside the shown one, and how it is shown. */
import { useMemo } from "react";
import { enterFullScreen } from "../../lib/fullScreen";
import { useOffer, type Command } from "../../lib/commands";
import { useSameList } from "../../lib/useSameList";
import { useStable } from "../../lib/useStable";
import { texts } from "../../texts";
import { paneId } from "./PageActions";
import type { Tabs } from "./useTabs";

const words = texts.project.pages;
const NONE: Tabs["others"] = [];

export function usePageCommands(tabs: Tabs): void {
  const { active, pair, hasRoom } = tabs;
  const others = useSameList(active && hasRoom ? tabs.others : NONE);
  const put = useStable(tabs.put);
  const alone = useStable(tabs.alone);
  const isPaired = !!active && !!pair?.some((each) => each.id === active.id);

  const commands = useMemo(() => {
    const offer = (label: string, run: () => void): Command => ({ id: `page-${label}`, group: texts.commands.groups.command, label, run });
    const beside = others.map((node) => ({ ...offer(words.besideLabel(node.name), () => put(node.id, "right")), id: `beside-${node.id}` }));
    if (!active) return beside;
    const one = isPaired ? [offer(words.alone(active.name), () => alone(active.id))] : [];
    return [...beside, ...one, offer(words.fullScreen, () => enterFullScreen(paneId(active.id)))];
  }, [others, active, isPaired, put, alone]);
  useOffer(commands);
}
