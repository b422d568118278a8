/** One machine: what it is, what it has, and what is on it. */
import type { Host, HostImage } from "../../api/types";
import { StateMark } from "../../components/StateMark";
import { memoryOf } from "../../lib/bytes";
import { isDrained } from "../../lib/platform";
import { texts } from "../../texts";
import css from "./Cluster.module.css";
import { HostActions } from "./HostActions";
import { HostImages } from "./HostImages";
import { Tasks } from "./Tasks";
import { UseBar } from "./UseBar";

const words = texts.cluster;

export function HostCard({ host, images }: { host: Host; images: HostImage[] }) {
  const isWell = host.state === "ready";
  const about = [words.roles[host.role as keyof typeof words.roles], host.is_leader && words.leader, host.address, words.engine(host.engine)];
  return (
    <li className={css.host} data-testid="host-card">
      <header>
        <div className={css.name}>
          <h2>{host.name}</h2>
          <p>{about.filter(Boolean).join(" · ")}</p>
        </div>
        <span className={css.state}>
          <StateMark state={!isWell ? "failed" : isDrained(host) ? "stopped" : "running"} />
          {words.states[host.state] ?? host.state}, {words.availabilities[host.availability as keyof typeof words.availabilities]}
        </span>
        <HostActions host={host} />
      </header>
      <div className={css.bars}>
        <UseBar name={words.cpus} whole={host.cpus} reserved={host.reserved_cpus} used={host.used_cpus} say={(amount) => String(Math.round(amount * 10) / 10)} />
        <UseBar name={words.memory} whole={host.memory_bytes} reserved={host.reserved_memory_bytes} used={host.used_memory_bytes} say={memoryOf} />
      </div>
      <Tasks tasks={host.tasks} />
      <HostImages images={images} />
    </li>
  );
}
