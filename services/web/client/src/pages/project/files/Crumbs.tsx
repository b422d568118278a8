/** Which folder this is, and the way back up. */
import { NativeSelect } from "@mantine/core";
import type { Folder } from "../../../api/types";
import { crumbsOf } from "../../../lib/files";
import { texts } from "../../../texts";
import css from "./Files.module.css";

const words = texts.files;

type Props = { folder: Folder; path: string; onGo: (to: { volume?: string; path: string }) => void };

export function Crumbs({ folder, path, onGo }: Props) {
  const crumbs = [{ name: folder.volumes.length > 1 ? words.top : folder.volume, path: "" }, ...crumbsOf(path)];
  return (
    <div className={css.crumbs}>
      {folder.volumes.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={words.volume}
          value={folder.volume}
          data={folder.volumes}
          onChange={(event) => onGo({ volume: event.currentTarget.value, path: "" })}
        />
      )}
      <nav aria-label={words.way}>
        <ol>
          {crumbs.map((crumb, at) => (
            <li key={crumb.path}>
              {at === crumbs.length - 1 ? (
                <span aria-current="page">{crumb.name}</span>
              ) : (
                <button type="button" onClick={() => onGo({ path: crumb.path })}>
                  {crumb.name}
                </button>
              )}
            </li>
          ))}
        </ol>
      </nav>
    </div>
  );
}
