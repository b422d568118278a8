/** The uploads to a node: how far each is, and what may be done about it. */
import { ActionIcon, Button, Progress } from "@mantine/core";
import type { Node } from "../../../api/types";
import { dropUpload, retryUpload, useUploads, type Upload } from "../../../api/uploads";
import { ErrorNote } from "../../../components/ErrorNote";
import { Icon } from "../../../components/Icon";
import { bytesOf } from "../../../lib/bytes";
import { texts } from "../../../texts";
import css from "./Files.module.css";

const words = texts.files;

export function Uploads({ node }: { node: Node }) {
  const uploads = useUploads(node.id);
  if (!uploads.length) return null;
  return (
    <ul className={css.uploads} aria-label={words.uploads} data-testid="files-uploads">
      {uploads.map((each) => (
        <UploadRow key={each.id} upload={each} />
      ))}
    </ul>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const { id, name, state } = upload;
  const isOver = state === "done" || state === "failed" || state === "exists";
  const label = isOver ? words.forget(name) : words.cancelOf(name);
  return (
    <li data-state={state}>
      <span className={css.uploadName}>{name}</span>
      <span className={css.uploadState} role="status">
        {stateOf(upload)}
      </span>
      {state === "exists" && (
        <Button size="compact-sm" variant="default" onClick={() => retryUpload(id, true)}>
          {words.replace}
        </Button>
      )}
      {state === "failed" && (
        <Button size="compact-sm" variant="default" onClick={() => retryUpload(id, false)}>
          {words.again}
        </Button>
      )}
      <ActionIcon size={24} aria-label={label} title={label} onClick={() => dropUpload(id)}>
        <Icon name="close" size={12} />
      </ActionIcon>
      {state === "sending" && <Progress className={css.progress} size={3} value={shareOf(upload)} aria-label={name} />}
      {state === "failed" && <ErrorNote error={upload.error} />}
    </li>
  );
}

function shareOf({ sent, size }: Upload): number {
  return size ? (100 * Math.min(sent, size)) / size : 100;
}

function stateOf(upload: Upload): string {
  const { state, sent, size } = upload;
  if (state === "done") return `${words.states.done}, ${bytesOf(size)}`;
  if (state !== "sending") return words.states[state];
  return sent >= size && size > 0 ? words.checking : words.sent(bytesOf(sent), bytesOf(size));
}
