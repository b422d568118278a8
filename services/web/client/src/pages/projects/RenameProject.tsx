import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useChangeProject } from "../../api/projects";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";

const words = texts.projects;
type Props = { project: { id: string; name: string; description: string | null }; onClose: () => void };

export function RenameProject({ project, onClose }: Props) {
  const change = useChangeProject(project.id);
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description ?? "");

  function submit(event: FormEvent) {
    event.preventDefault();
    change.mutate({ name: name.trim(), description: description.trim() }, { onSuccess: onClose });
  }

  return (
    <Modal opened onClose={onClose} title={words.renameTitle}>
      <form onSubmit={submit}>
        <Stack gap={16}>
          <TextInput
            data-testid="project-name-input"
            data-autofocus
            label={words.nameLabel}
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
          <ErrorNote error={change.error} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" disabled={!name.trim()} loading={change.isPending}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
