/** The containers that make up a node, each with how it is. */
import type { Container, Node } from "../../api/types";
import { StateMark } from "../../components/StateMark";
import { texts } from "../../texts";
import css from "./Containers.module.css";

const words = texts.node;

export function Containers({ node }: { node: Node }) {
  if (!node.containers?.length) return null;
  return (
    <section>
      <h2>{words.containers}</h2>
      <ul className={css.containers} data-testid="node-containers">
        {node.containers.map((each) => (
          <ContainerRow key={each.name} container={each} />
        ))}
      </ul>
    </section>
  );
}

function ContainerRow({ container }: { container: Container }) {
  return (
    <li data-state={container.state}>
      <StateMark state={container.state === "absent" ? "created" : container.state} size={10} />
      <span className={css.name}>
        {container.name} {container.role === "dependency" && <span className={css.role}>{words.dependency}</span>}
      </span>
      <span className={css.state}>{words.containerStates[container.state]}</span>
      <span className={css.more}>{container.reason ?? container.image}</span>
    </li>
  );
}
