/** A plan as a person reads it: what changes, what restarts, and who would notice. */
import { useParts } from "../../api/platform";
import type { Plan } from "../../api/types";
import { namesOf, tagOf } from "../../lib/platform";
import { texts } from "../../texts";
import css from "./Deploy.module.css";

const words = texts.deploy;

export function PlanTable({ plan }: { plan: Plan }) {
  const names = namesOf(useParts().data ?? []);
  const named = (image: string) => names.get(image) ?? tagOf(image);
  const changed = new Set(plan.parts.filter((row) => row.is_changed).map((row) => row.name));
  return (
    <>
      <table className={css.plan}>
        <thead>
          <tr>
            {Object.values(words.planRow).map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.parts.map((row) => (
            <tr key={row.name} data-changed={row.is_changed || undefined}>
              <th scope="row">{row.name}</th>
              <td title={row.from}>{named(row.from)}</td>
              <td title={row.to}>{named(row.to)}</td>
              <td>
                {row.is_restarted ? words.restarts : words.stays}
                {row.settings.length > 0 && (
                  <ul className={css.mended} aria-label={words.mended}>
                    {row.settings.map((said) => (
                      <li key={said}>{said}</li>
                    ))}
                  </ul>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className={css.meaning}>
        <li>
          <strong>{plan.nodes.length ? words.nodes(plan.nodes.join(", ")) : words.nodesNone}</strong>
        </li>
        <li>{plan.parts.some((row) => row.settings.length) ? words.mends : words.settings}</li>
        {changed.has("gateway") && <li>{words.gateway}</li>}
        {changed.has("director") && <li>{words.director}</li>}
      </ul>
    </>
  );
}
