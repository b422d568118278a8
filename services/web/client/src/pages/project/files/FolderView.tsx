/** What is in a folder; where there is nothing, what to do. */
import { useState } from "react";
import type { FilePlace } from "../../../api/files";
import type { Folder } from "../../../api/types";
import { ColumnHeads } from "../../../components/ColumnHeads";
import { EmptyState } from "../../../components/EmptyState";
import { useRowKeys } from "../../../components/useRowKeys";
import { arranged, joined, type FileSort } from "../../../lib/files";
import { texts } from "../../../texts";
import { FileRow } from "./FileRow";
import css from "./Files.module.css";

const words = texts.files;
const DOWN_FIRST: readonly FileSort["field"][] = ["size", "modified"];

type Props = { here: FilePlace; folder: Folder; query: string; canEdit: boolean; onGo: (path: string) => void };

export function FolderView({ here, folder, query, canEdit, onGo }: Props) {
  const [sort, setSort] = useState<FileSort>({ field: "name", isDown: false });
  const list = useRowKeys<HTMLUListElement>();
  if (!folder.volumes.length) return <EmptyState title={words.noneTitle} text={words.noneText} />;
  if (!folder.is_made) return <EmptyState title={words.unmadeTitle} text={words.unmadeText} />;
  if (!folder.entries.length) {
    return <EmptyState title={words.emptyTitle} text={canEdit ? words.emptyText : words.emptyView} />;
  }
  const shown = arranged(folder.entries, query, sort);
  return (
    <>
      <ColumnHeads className={css.heads} columns={words.columns} downFirst={DOWN_FIRST} sort={sort} onSort={setSort}>
        <span />
      </ColumnHeads>
      <ul ref={list} className={css.rows} data-testid="files-list">
        {shown.map((entry) => (
          <FileRow
            key={entry.name}
            place={{ ...here, path: joined(here.path, entry.name) }}
            entry={entry}
            canEdit={canEdit}
            onOpen={onGo}
          />
        ))}
      </ul>
      {!shown.length && <p className={css.note}>{words.noMatch(query)}</p>}
      {folder.count > folder.entries.length && <p className={css.note}>{words.cut(folder.entries.length, folder.count)}</p>}
    </>
  );
}
