/** The images that a host is to have before a node needs them there: how many it has, and of each what is known. */
import { Link } from "react-router";
import type { HostImage } from "../../api/types";
import { Ago } from "../../components/Ago";
import { StateMark } from "../../components/StateMark";
import { countImages, nameOfImage } from "../../lib/platform";
import { momentOf } from "../../lib/time";
import { useNow } from "../../lib/useNow";
import { texts } from "../../texts";
import css from "./Cluster.module.css";

const words = texts.cluster.images;
const marks = { waiting: "queued", pulling: "starting", here: "succeeded", failed: "failed" } as const;

export function HostImages({ images }: { images: HostImage[] }) {
  if (!images.length) return null;
  const count = countImages(images);
  return (
    <details className={css.images} data-testid="host-images">
      <summary>
        <span>{words.here(count.here, images.length)}</span>
        {count.pulling > 0 && <span className={css.state}><StateMark state="starting" size={10} /> {words.pulling(count.pulling)}</span>}
        {count.failed > 0 && <span className={css.state}><StateMark state="failed" size={10} /> {words.failed(count.failed)}</span>}
      </summary>
      <ul>
        {images.map((image) => (
          <ImageLine key={`${image.repository}:${image.tag}`} image={image} />
        ))}
      </ul>
    </details>
  );
}

function ImageLine({ image }: { image: HostImage }) {
  const now = useNow(30_000);
  const state = image.state as keyof typeof marks;
  return (
    <li>
      <StateMark state={marks[state]} size={10} />
      <div>
        {nameOfImage(image)} <span>{state === "pulling" ? <Ago at={image.since} say={words.since} /> : words.states[state]}</span>
      </div>
      {image.run_id && state !== "here" && <Link to={`/runs/${image.run_id}`}>{texts.jobs.toRun}</Link>}
      {image.reason && <p>{image.reason} {image.again_at && words.again(momentOf(image.again_at, now))}</p>}
    </li>
  );
}
