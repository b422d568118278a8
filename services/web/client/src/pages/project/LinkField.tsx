/** Chooses the output that feeds an input: what dragging a line does, for the keyboard. */
import { NativeSelect } from "@mantine/core";
import type { Node, Port, Project, Service } from "../../api/types";
import { newId } from "../../lib/ids";
import { linkedTo, sourcesFor } from "../../lib/links";
import { texts } from "../../texts";
import { useProjectActions } from "./ProjectActions";

type Props = { project: Project; node: Node; port: Port & { key: string }; serviceOf: (node: Node) => Service | undefined };

export function LinkField({ project, node, port, serviceOf }: Props) {
  const { edits } = useProjectActions();
  const sources = sourcesFor(port, node, project.nodes, serviceOf);
  const link = project.links.find((each) => each.target_node === node.id && each.target_port === port.key);
  const chosen = sources.findIndex((each) => each.node === link?.source_node && each.port === link.source_port);
  if (!sources.length) return null;

  function choose(index: number) {
    const links = linkedTo(project.links, { node: node.id, port: port.key }, sources[index] ?? null, newId());
    edits.setLinks(links);
  }

  return (
    <NativeSelect
      size="xs"
      aria-label={texts.node.linkLabel(port.label ?? port.key)}
      value={String(chosen)}
      onChange={(event) => choose(Number(event.currentTarget.value))}
      data={[
        { value: "-1", label: texts.node.notLinked },
        ...sources.map((source, index) => ({ value: String(index), label: source.label })),
      ]}
    />
  );
}
