/** The files that a node keeps, below its page: looked through, taken, brought and removed, whether it runs or not. */
import { useEffect, useRef, useState } from "react";
import { refreshFiles, useFolder } from "../../../api/files";
import type { Node } from "../../../api/types";
import { upload } from "../../../api/uploads";
import { ErrorNote } from "../../../components/ErrorNote";
import { ListSkeleton } from "../../../components/ListSkeleton";
import { texts } from "../../../texts";
import { useProjectActions } from "../ProjectActions";
import { useFocusInside } from "../useFocusInside";
import { Crumbs } from "./Crumbs";
import css from "./Files.module.css";
import { FilesBar } from "./FilesBar";
import { FolderView } from "./FolderView";
import { Uploads } from "./Uploads";
import { useDrop } from "./useDrop";

const words = texts.files;

export function FilesPanel({ node, onHide }: { node: Node; onHide: () => void }) {
  const { canEdit } = useProjectActions();
  const [place, setPlace] = useState({ volume: "", path: "" });
  const [query, setQuery] = useState("");
  const panel = useRef<HTMLElement>(null);
  useFocusInside(panel);
  useRefreshOnChange(node);
  const folder = useFolder({ node, ...place });
  const found = folder.data;
  const mayUpload = canEdit && found?.is_made === true;
  const here = { node, volume: found?.volume ?? place.volume, path: place.path };
  const drop = useDrop(mayUpload, (files) => upload(here, files));

  function go(to: { volume?: string; path: string }) {
    setQuery("");
    setPlace({ volume: here.volume, ...to });
  }

  return (
    <section
      ref={panel}
      tabIndex={-1}
      className={css.panel}
      aria-label={words.title(node.name)}
      data-testid="files-panel"
      data-over={drop.isOver || undefined}
      {...drop.handlers}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onHide();
      }}
    >
      <FilesBar here={here} folder={found} mayUpload={mayUpload} query={query} onQuery={setQuery} onHide={onHide} />
      {found?.is_made && <Crumbs folder={found} path={place.path} onGo={go} />}
      {drop.note && (
        <p role="alert" className={css.note}>
          {drop.note}
        </p>
      )}
      <div className={css.body}>
        <ErrorNote error={folder.error} onRetry={() => void folder.refetch()} />
        {folder.isPending && <ListSkeleton rows={4} height={32} />}
        {found && <FolderView here={here} folder={found} query={query} canEdit={canEdit} onGo={(path) => go({ path })} />}
      </div>
      <Uploads node={node} />
      {drop.isOver && <p className={css.drop}>{words.drop}</p>}
    </section>
  );
}

/** A node that starts or closes may have written something, or has its folders only now. */
function useRefreshOnChange(node: Node): void {
  const { state } = node;
  const before = useRef(state);
  useEffect(() => {
    if (before.current !== state) refreshFiles(node);
    before.current = state;
  });
}
