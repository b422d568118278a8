import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";
import { useCreateProject } from "../../api/projects";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";

const words = texts.projects;

export function NewProject({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreateProject();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate(
      { name: name.trim(), description: description.trim() },
      { onSuccess: (project) => void navigate(`/projects/${project.id}`) },
    );
  }

  return (
    <Modal opened={isOpen} onClose={onClose} title={words.create}>
      <form onSubmit={submit}>
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
          <ErrorNote error={create.error} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" data-testid="create-project" disabled={!name.trim()} loading={create.isPending}>
              {words.createSubmit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
