import type { StoredImage } from "../../api/types";
import list from "../../components/List.module.css";
import { bytesOf } from "../../lib/bytes";
import { texts } from "../../texts";
import css from "./Registry.module.css";

const words = texts.registry;
const MOST = 3;

export function ImageRow({ image }: { image: StoredImage }) {
  const uses = image.uses.map((use) => words.uses[use.kind as keyof typeof words.uses](use.name));
  return (
    <li className={`${list.row} ${css.row}`} data-testid="image-row" data-going={!uses.length || undefined}>
      <div className={css.what}>
        <code title={image.digest}>{image.repository}</code>
        <ul className={css.tags}>
          {image.tags.map((tag) => (
            <li key={tag} title={tag}>
              {tag}
            </li>
          ))}
        </ul>
        {image.problem && <span className={css.problem}>{image.problem}</span>}
      </div>
      <ul className={css.uses} title={uses.join("\n")}>
        {uses.slice(0, MOST).map((use) => (
          <li key={use}>{use}</li>
        ))}
        {uses.length > MOST && <li>{words.moreUses(uses.length - MOST)}</li>}
        {!uses.length && <li data-going>{words.going}</li>}
      </ul>
      <span className={css.size}>
        {bytesOf(image.bytes)}
        <small>{words.own(bytesOf(image.own_bytes))}</small>
      </span>
    </li>
  );
}
