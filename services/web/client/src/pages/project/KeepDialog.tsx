import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { keepProblem } from "../../lib/lease";
import { fieldOf } from "../../lib/time";
import { texts } from "../../texts";

const words = texts.lease;
const DAY = 24 * 3_600_000;

type Props = { name: string; error: unknown; isBusy: boolean; onKeep: (until: Date) => void; onClose: () => void };

export function KeepDialog({ name, error, isBusy, onKeep, onClose }: Props) {
  const [wish, setWish] = useState(() => fieldOf(new Date(Date.now() + DAY)));
  const problem = keepProblem(Date.parse(wish), Date.now());

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!problem) onKeep(new Date(wish));
  }

  return (
    <Modal opened onClose={onClose} title={words.dialogTitle(name)}>
      <form onSubmit={submit}>
        <Stack gap={16}>
          <TextInput
            type="datetime-local"
            data-autofocus
            label={words.dialogLabel}
            description={words.dialogHint}
            min={fieldOf(new Date())}
            max={fieldOf(new Date(Date.now() + 7 * DAY))}
            value={wish}
            error={problem}
            onChange={(event) => setWish(event.currentTarget.value)}
          />
          <ErrorNote error={error} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {texts.projects.cancel}
            </Button>
            <Button type="submit" disabled={!!problem} loading={isBusy}>
              {words.dialogSubmit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
