/** What may be changed about one file or folder. */
import { ActionIcon, Menu } from "@mantine/core";
import { useState } from "react";
import { useRemoveFile, useRenameFile, type FilePlace } from "../../../api/files";
import type { FileEntry } from "../../../api/types";
import { Icon } from "../../../components/Icon";
import { joined } from "../../../lib/files";
import { texts } from "../../../texts";
import { NameDialog } from "./NameDialog";
import { RemoveDialog } from "./RemoveDialog";

const words = texts.files;

export function FileMenu({ place, entry }: { place: FilePlace; entry: FileEntry }) {
  const [dialog, setDialog] = useState<"rename" | "remove" | null>(null);
  const rename = useRenameFile(place.node);
  const remove = useRemoveFile(place.node);
  const where = { volume: place.volume, path: place.path };
  const folder = place.path.split("/").slice(0, -1).join("/");

  function close() {
    rename.reset();
    remove.reset();
    setDialog(null);
  }

  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon data-testid="files-menu" aria-label={words.actions(entry.name)}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="rename" size={14} />} onClick={() => setDialog("rename")}>
            {words.rename}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => setDialog("remove")}>
            {words.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === "rename" && (
        <NameDialog
          title={words.rename}
          label={words.newName}
          submit={words.save}
          before={entry.name}
          isBusy={rename.isPending}
          error={rename.error}
          onName={(name) => rename.mutate({ ...where, to: joined(folder, name) }, { onSuccess: close })}
          onClose={close}
        />
      )}
      {dialog === "remove" && (
        <RemoveDialog
          entry={entry}
          isBusy={remove.isPending}
          error={remove.error}
          onRemove={() => remove.mutate(where, { onSuccess: close })}
          onClose={close}
        />
      )}
    </>
  );
}
