/** There is no way back from this, so a question is asked, and says what is lost. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FileEntry } from "../../../api/types";
import { ErrorNote } from "../../../components/ErrorNote";
import { texts } from "../../../texts";

const words = texts.files;

type Props = { entry: FileEntry; isBusy: boolean; error: unknown; onRemove: () => void; onClose: () => void };

export function RemoveDialog({ entry, isBusy, error, onRemove, onClose }: Props) {
  const lost = { folder: words.removeFolder, link: words.removeLink, file: words.removeFile, other: words.removeFile };
  return (
    <Modal opened onClose={onClose} title={words.removeTitle(entry.name)}>
      <Stack gap={16}>
        <p style={{ margin: 0 }}>{lost[entry.kind]}</p>
        <ErrorNote error={error} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" data-autofocus onClick={onClose}>
            {texts.projects.cancel}
          </Button>
          <Button color="red" data-testid="files-remove" loading={isBusy} onClick={onRemove}>
            {words.remove}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
