import { ActionIcon } from "@mantine/core";
import { addressOf, type FilePlace } from "../../../api/files";
import type { FileEntry } from "../../../api/types";
import { Ago } from "../../../components/Ago";
import { Icon } from "../../../components/Icon";
import { bytesOf } from "../../../lib/bytes";
import { isFile, isFolder } from "../../../lib/files";
import { texts } from "../../../texts";
import { FileMenu } from "./FileMenu";
import css from "./Files.module.css";

const words = texts.files;

type Props = { place: FilePlace; entry: FileEntry; canEdit: boolean; onOpen: (path: string) => void };

export function FileRow({ place, entry, canEdit, onOpen }: Props) {
  const canTake = entry.is_usable && (isFile(entry) || isFolder(entry));
  return (
    <li className={css.row} data-testid="files-row" data-name={entry.name}>
      <span className={css.name}>
        <Icon name={isFolder(entry) ? "folder" : "file"} size={14} />
        <Name place={place} entry={entry} onOpen={onOpen} />
        {entry.kind !== "file" && <span className={css.kind}>{words.kinds[entry.kind]}</span>}
        {!entry.is_usable && <span className={css.kind}>{words.unusable}</span>}
        {entry.kind === "link" && !entry.leads_to && <span className={css.kind}>{words.linkOut}</span>}
      </span>
      <span className={css.size}>{entry.size === null ? "" : bytesOf(entry.size)}</span>
      <span className={css.modified}>
        <Ago at={entry.modified} />
      </span>
      <span className={css.acts}>
        {canTake && (
          <ActionIcon
            component="a"
            href={addressOf(place, isFolder(entry) ? "archive" : "content")}
            download
            aria-label={words.downloadOf(entry.name)}
            title={isFolder(entry) ? `${words.download} (${words.asArchive})` : words.download}
          >
            <Icon name="download" />
          </ActionIcon>
        )}
        {canEdit && entry.is_usable && <FileMenu place={place} entry={entry} />}
      </span>
    </li>
  );
}

/** A folder is gone into, a file is saved. */
function Name({ place, entry, onOpen }: Omit<Props, "canEdit">) {
  if (entry.is_usable && isFolder(entry)) {
    return (
      <button type="button" data-row onClick={() => onOpen(place.path)}>
        {entry.name}
      </button>
    );
  }
  if (entry.is_usable && isFile(entry)) {
    return (
      <a data-row href={addressOf(place, "content")} download title={words.downloadOf(entry.name)}>
        {entry.name}
      </a>
    );
  }
  return <span>{entry.name}</span>;
}
