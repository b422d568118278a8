import { ActionIcon, Button, FileButton, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useRef } from "react";
import { addressOf, useMakeFolder, type FilePlace } from "../../../api/files";
import type { Folder } from "../../../api/types";
import { upload } from "../../../api/uploads";
import { Icon } from "../../../components/Icon";
import { StateMark } from "../../../components/StateMark";
import { joined } from "../../../lib/files";
import { texts } from "../../../texts";
import css from "./Files.module.css";
import { NameDialog } from "./NameDialog";

const words = texts.files;

type Props = {
  here: FilePlace;
  folder: Folder | undefined;
  mayUpload: boolean;
  query: string;
  onQuery: (query: string) => void;
  onHide: () => void;
};

export function FilesBar({ here, folder, mayUpload, query, onQuery, onHide }: Props) {
  return (
    <header className={css.bar}>
      <h2>
        <StateMark state={here.node.state} size={10} /> {words.title(here.node.name)}
      </h2>
      {mayUpload && <Making here={here} />}
      {folder?.is_made && (
        <Button
          component="a"
          variant="default"
          size="xs"
          href={addressOf(here, "archive")}
          download
          title={words.asArchive}
          data-testid="files-archive"
          leftSection={<Icon name="download" size={14} />}
        >
          {words.downloadAll}
        </Button>
      )}
      <TextInput
        size="xs"
        type="search"
        className={css.search}
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !query) return;
          event.stopPropagation();
          onQuery("");
        }}
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<Icon name="search" size={14} />}
      />
      <ActionIcon className={css.hide} aria-label={words.hide} title={words.hide} onClick={onHide}>
        <Icon name="close" />
      </ActionIcon>
    </header>
  );
}

function Making({ here }: { here: FilePlace }) {
  const [isNaming, naming] = useDisclosure();
  const make = useMakeFolder(here.node);
  // Or the same file, chosen once more, would be no change to the browser.
  const reset = useRef<() => void>(null);

  function send(files: File[]) {
    if (files.length) upload(here, files);
    reset.current?.();
  }

  return (
    <>
      <FileButton multiple resetRef={reset} onChange={send} inputProps={{ "data-testid": "files-input", "aria-label": words.upload } as never}>
        {(props) => (
          <Button {...props} size="xs" data-testid="files-upload" leftSection={<Icon name="upload" size={14} />}>
            {words.upload}
          </Button>
        )}
      </FileButton>
      <Button variant="default" size="xs" data-testid="files-new-folder" onClick={naming.open}>
        {words.newFolder}
      </Button>
      {isNaming && (
        <NameDialog
          title={words.newFolder}
          label={words.folderName}
          submit={words.make}
          isBusy={make.isPending}
          error={make.error}
          onName={(name) => make.mutate({ volume: here.volume, path: joined(here.path, name) }, { onSuccess: naming.close })}
          onClose={() => {
            make.reset();
            naming.close();
          }}
        />
      )}
    </>
  );
}
