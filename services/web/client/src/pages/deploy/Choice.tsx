/** A version for each part of the platform, out of what the registry has. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { Part } from "../../api/types";
import { StateMark } from "../../components/StateMark";
import { chosenImages, newestImages, tagOf } from "../../lib/platform";
import { agoOf } from "../../lib/time";
import { useNow } from "../../lib/useNow";
import { texts } from "../../texts";
import css from "./Deploy.module.css";

const words = texts.deploy;

type Props = { parts: Part[]; isBusy: boolean; onPlan: (images: Record<string, string>) => void; onMend: () => void };

export function Choice({ parts, isBusy, onPlan, onMend }: Props) {
  const [choice, setChoice] = useState<Record<string, string>>({});
  const images = chosenImages(parts, choice);
  const problem = parts.find((part) => part.problem)?.problem;
  return (
    <section className={css.section} aria-labelledby="parts">
      <h2 id="parts">{words.parts}</h2>
      <p>
        {words.partsHint} {words.inventory}
      </p>
      <ul className={css.parts}>
        {parts.map((part) => (
          <PartRow key={part.name} part={part} image={choice[part.name] ?? part.image} onChoose={(image) => setChoice({ ...choice, [part.name]: image })} />
        ))}
      </ul>
      {problem && <p role="alert">{problem}</p>}
      {parts.some((part) => part.drift.length) && (
        <div className={css.drift} data-testid="drift">
          <p>{words.drift}</p>
          <ul>
            {parts.flatMap((part) => part.drift.map((said) => <li key={`${part.name} ${said}`}>{words.driftOf(part.name, said)}</li>))}
          </ul>
          <Button variant="default" loading={isBusy} onClick={onMend}>
            {words.mend}
          </Button>
        </div>
      )}
      <div className={css.actions}>
        <Button variant="default" onClick={() => setChoice(newestImages(parts))}>
          {words.newest}
        </Button>
        <Button disabled={!Object.keys(images).length} loading={isBusy} onClick={() => onPlan(images)}>
          {words.plan}
        </Button>
      </div>
    </section>
  );
}

function PartRow({ part, image, onChoose }: { part: Part; image: string; onChoose: (image: string) => void }) {
  const now = useNow(60_000);
  const isListed = part.options.some((option) => option.image === part.image);
  const options = part.options.map((option) => {
    const name = words.made(option.tag, option.made_at && agoOf(option.made_at, now));
    return { value: option.image, label: option.image === part.image ? `${name} (${words.current})` : name };
  });
  const own = isListed ? [] : [{ value: part.image, label: `${tagOf(part.image)} (${words.current}, ${words.unlisted})` }];
  return (
    <li>
      <StateMark state={part.update === "updating" ? "starting" : part.is_running ? "running" : "failed"} />
      <span>{part.name}</span>
      <NativeSelect
        aria-label={words.version(part.name)}
        data={[...own, ...options]}
        value={image}
        onChange={(event) => onChoose(event.currentTarget.value)}
      />
    </li>
  );
}
