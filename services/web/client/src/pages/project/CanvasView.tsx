/** The canvas with what stands at its edges: the palette to the left, the inspector to the right. */
import { useDisclosure } from "@mantine/hooks";
import { useReactFlow } from "@xyflow/react";
import { useRef, useState } from "react";
import { useServices } from "../../api/services";
import type { Node, Position, Project, Service } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { isSwitch, useKept } from "../../lib/kept";
import { CARD, freePlace } from "../../lib/placement";
import { useIsNarrow } from "../../lib/useIsNarrow";
import { useStable } from "../../lib/useStable";
import { texts } from "../../texts";
import { Canvas } from "./Canvas";
import css from "./CanvasView.module.css";
import { Inspector } from "./Inspector";
import { Palette } from "./Palette";
import { PaletteToggle } from "./PaletteToggle";
import { useProjectActions } from "./ProjectActions";
import { Selection } from "./Selection";
import { useCanvasCommands } from "./useCanvasCommands";
import { useCanvasKeys } from "./useCanvasKeys";
import { useFlowNodes } from "./useFlowNodes";
import { useKeepInView } from "./useKeepInView";

type Props = { project: Project; nodes: Node[]; isShown: boolean };

export function CanvasView({ project, nodes, isShown }: Props) {
  const services = useServices();
  const { canEdit, edits } = useProjectActions();
  const [problem, setProblem] = useState<unknown>(null);
  const flow = useFlowNodes(nodes, services.data);
  const { screenToFlowPosition } = useReactFlow();
  const stage = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  const [isWanted, setWanted] = useKept("werkbank-palette", true, isSwitch);
  const [wasOpened, opened] = useDisclosure(false);
  const [isDrawn, drawer] = useDisclosure(false);
  const isPaletteOpen = canEdit && (isNarrow ? isDrawn : isWanted);
  const keys = useCanvasKeys({ project, flow, services: services.data, stage, isShown, onProblem: setProblem });
  const selected = flow.selected.length === 1 ? nodes.find((node) => node.id === flow.selected[0]!.id) : undefined;
  useCanvasCommands({ services: services.data, flow, onAdd: addNode });
  useKeepInView(stage, selected?.id);

  function addNode(service: Service, at?: Position) {
    const box = stage.current!.getBoundingClientRect();
    const middle = screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const wish = at ?? { x: middle.x - CARD.width / 2, y: middle.y - CARD.height / 2 };
    const position = at ?? freePlace(wish, nodes.map((node) => node.position));
    drawer.close();
    setProblem(null);
    const wanted = { service_key: service.key, service_version: service.version, name: service.name, position };
    edits
      .addNodes({ nodes: [wanted], links: [] }, texts.edits.add)
      .then((added) => flow.select(added.map((node) => node.id)))
      .catch(setProblem);
  }

  function togglePalette() {
    if (isNarrow) drawer.toggle();
    else setWanted(!isWanted);
    opened.open();
  }

  // While a card is dragged the canvas is drawn for every frame; the palette beside it is not.
  const add = useStable(addNode);
  const toggle = useStable(togglePalette);
  const retry = useStable(() => void services.refetch());
  return (
    <div className={css.view}>
      {isPaletteOpen && (
        <Palette
          services={services.data}
          servicesError={services.error}
          onRetry={retry}
          addError={problem}
          autoFocus={wasOpened && !isNarrow}
          onAdd={add}
          onHide={toggle}
        />
      )}
      <div ref={stage} className={css.stage}>
        {canEdit && !isPaletteOpen && <PaletteToggle onShow={togglePalette} />}
        {!isPaletteOpen && !!problem && (
          <div className={css.problem}>
            <ErrorNote error={problem} />
          </div>
        )}
        <Canvas project={project} flow={flow} services={services.data} isEmpty={!nodes.length}
          hasPalette={isPaletteOpen} onAdd={add} />
      </div>
      {isShown && selected && (
        <Inspector
          key={selected.id}
          project={project}
          node={selected}
          serviceOf={flow.serviceOf}
          onHide={() => flow.select([])}
        />
      )}
      {isShown && canEdit && flow.selected.length > 1 && (
        <Selection project={project} cards={flow.selected} onDuplicate={keys.duplicate} onClear={() => flow.select([])} />
      )}
    </div>
  );
}
