/** What a decision was based on: names and values, folded away. */
import { exactOf } from "../lib/time";
import { texts } from "../texts";
import css from "./Details.module.css";

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

function said(value: unknown): string {
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  if (value === null) return texts.unknown;
  if (typeof value === "string") return MOMENT.test(value) ? exactOf(value) : value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function Evidence({ of, title = texts.node.evidence }: { of: Record<string, unknown>; title?: string }) {
  const facts = Object.entries(of);
  if (!facts.length) return null;
  return (
    <details className={css.details}>
      <summary>{title}</summary>
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{said(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
