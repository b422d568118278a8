/** What a prune would remove, in bytes; the button does exactly that. */
import { Button, NumberInput } from "@mantine/core";
import { Link } from "react-router";
import { usePrune } from "../../api/registry";
import type { PrunePlan } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { bytesOf } from "../../lib/bytes";
import { texts } from "../../texts";
import css from "./Registry.module.css";

const words = texts.registry;
type Props = { plan: PrunePlan; keep: number; onKeep: (keep: number) => void; isOld: boolean };

export function PrunePanel({ plan, keep, onKeep, isOld }: Props) {
  const prune = usePrune();
  return (
    <section className={css.prune} data-testid="prune">
      <h2>{words.prune}</h2>
      <p>{words.pruneText}</p>
      <div className={css.ask}>
        <NumberInput
          label={words.keep}
          min={1}
          max={1000}
          clampBehavior="strict"
          allowDecimal={false}
          value={keep}
          onChange={(value) => typeof value === "number" && value >= 1 && onKeep(value)}
        />
        <Button
          color="red"
          data-testid="prune-apply"
          disabled={!plan.images || isOld}
          loading={prune.isPending}
          onClick={() => prune.mutate({ plan: plan.id, keep: plan.keep })}
        >
          {words.apply(plan.images)}
        </Button>
      </div>
      <p aria-live="polite">
        <strong>{isOld ? words.counting : plan.images ? words.preview(plan.images, bytesOf(plan.bytes)) : words.nothing}</strong>{" "}
        {!isOld && plan.images > 0 && words.later}
      </p>
      <ErrorNote error={prune.error} />
      {prune.data && (
        <p role="status">
          {words.begun} <Link to={`/runs/${prune.data.run_id}`}>{words.toRun}</Link>
        </p>
      )}
    </section>
  );
}
