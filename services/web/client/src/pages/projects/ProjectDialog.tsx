/** A project's name and description: of one that is to be, or of one that is. */
import { Button, Group, Modal, Stack, TagsInput, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";

const words = texts.projects;

export type ProjectWords = { name: string; description: string; tags: string[] };
type Props = {
  title: string;
  submit: string;
  testId?: string;
  before?: { name: string; description: string | null; tags: string[] };
  isBusy: boolean;
  error: unknown;
  onSubmit: (said: ProjectWords) => void;
  onClose: () => void;
};

export function ProjectDialog({ title, submit, testId, before, isBusy, error, onSubmit, onClose }: Props) {
  const [name, setName] = useState(before?.name ?? "");
  const [description, setDescription] = useState(before?.description ?? "");

  const [tags, setTags] = useState(before?.tags ?? []);

  function send(event: FormEvent) {
    event.preventDefault();
    onSubmit({ name: name.trim(), description: description.trim(), tags });
  }

  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={send}>
        <Stack gap={16}>
          <TextInput
            data-testid="project-name-input"
            data-autofocus
            label={words.nameLabel}
            placeholder={words.namePlaceholder}
            maxLength={200}
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={words.descriptionLabel}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <TagsInput
            data-testid="project-tags"
            label={words.tagsLabel}
            description={words.tagsHint}
            maxTags={20}
            clearable={false}
            acceptValueOnBlur
            value={tags}
            onChange={setTags}
          />
          <ErrorNote error={error} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" data-testid={testId} disabled={!name.trim()} loading={isBusy}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
