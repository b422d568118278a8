/** The canvas with what stands at its edges: the palette to the left, the inspector to the right. */
import { useDisclosure, useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { useReactFlow } from "@xyflow/react";
import { useRef } from "react";
import { useAddNode } from "../../api/nodes";
import { useServices } from "../../api/services";
import type { Node, Position, Project, Service } from "../../api/types";
import { CARD, freePlace } from "../../lib/placement";
import { Canvas } from "./Canvas";
import css from "./CanvasView.module.css";
import { Inspector } from "./Inspector";
import { Palette } from "./Palette";
import { PaletteToggle } from "./PaletteToggle";
import { useFlowNodes } from "./useFlowNodes";

type Props = { project: Project; nodes: Node[]; isShown: boolean };

export function CanvasView({ project, nodes, isShown }: Props) {
  const services = useServices();
  const add = useAddNode(project.id);
  const flow = useFlowNodes(project.id, nodes, services.data);
  const { screenToFlowPosition } = useReactFlow();
  const stage = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 700px)", window.innerWidth <= 700);
  const [isWanted, setWanted] = useLocalStorage({ key: "werkbank-palette", defaultValue: true });
  const [wasOpened, opened] = useDisclosure(false);
  const [isDrawn, drawer] = useDisclosure(false);
  const isPaletteOpen = isNarrow ? isDrawn : isWanted;
  const selected = nodes.find((node) => node.id === flow.selectedId);

  function addNode(service: Service, at?: Position) {
    const box = stage.current!.getBoundingClientRect();
    const middle = screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const wish = at ?? { x: middle.x - CARD.width / 2, y: middle.y - CARD.height / 2 };
    const position = at ?? freePlace(wish, nodes.map((node) => node.position));
    drawer.close();
    add.mutate(
      { service_key: service.key, service_version: service.version, name: service.name, position },
      { onSuccess: (node) => flow.select(node.id) },
    );
  }

  function togglePalette() {
    if (isNarrow) drawer.toggle();
    else setWanted(!isWanted);
    opened.open();
  }

  return (
    <div className={css.view}>
      {isPaletteOpen && (
        <Palette
          services={services}
          addError={add.error}
          autoFocus={wasOpened && !isNarrow}
          onAdd={addNode}
          onHide={togglePalette}
        />
      )}
      <div ref={stage} className={css.stage}>
        {!isPaletteOpen && <PaletteToggle onShow={togglePalette} />}
        <Canvas project={project} flow={flow} services={services.data} isEmpty={!nodes.length}
          hasPalette={isPaletteOpen} onAdd={addNode} />
      </div>
      {isShown && selected && (
        <Inspector
          key={selected.id}
          project={project}
          node={selected}
          serviceOf={flow.serviceOf}
          onHide={() => flow.select(null)}
        />
      )}
    </div>
  );
}
