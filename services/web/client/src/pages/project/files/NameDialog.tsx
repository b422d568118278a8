import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { ErrorNote } from "../../../components/ErrorNote";
import { texts } from "../../../texts";

type Props = {
  title: string;
  label: string;
  submit: string;
  before?: string;
  isBusy: boolean;
  error: unknown;
  onName: (name: string) => void;
  onClose: () => void;
};

export function NameDialog({ title, label, submit, before = "", isBusy, error, onName, onClose }: Props) {
  const [name, setName] = useState(before);
  const isGood = name.trim() !== "" && name !== before && !name.includes("/");

  function send(event: FormEvent) {
    event.preventDefault();
    if (isGood) onName(name);
  }

  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={send}>
        <Stack gap={16}>
          <TextInput
            data-testid="files-name"
            data-autofocus
            label={label}
            maxLength={255}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ErrorNote error={error} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {texts.projects.cancel}
            </Button>
            <Button type="submit" data-testid="files-name-submit" disabled={!isGood} loading={isBusy}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
