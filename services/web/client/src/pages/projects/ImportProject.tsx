/** Takes a project's file and opens what is in it. */
import { ActionIcon, FileButton, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "react-router";
import { sentenceOf } from "../../api/errors";
import { useImportProject } from "../../api/projects";
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";

const words = texts.projects;

export function ImportProject() {
  const go = useNavigate();
  const bring = useImportProject();

  function send(file: File | null) {
    if (!file) return;
    bring.mutate(file, {
      onSuccess: ({ project, missing_services }) => {
        const missing = missing_services.map(({ key, version }) => `${key.split("/").at(-1)} ${version}`);
        if (missing.length) notifications.show({ color: "yellow", autoClose: false, title: words.imported(project.name), message: words.missing(missing) });
        void go(`/projects/${project.id}`);
      },
      onError: (error) => notifications.show({ color: "red", autoClose: 10_000, title: words.notImported(file.name), message: sentenceOf(error) }),
    });
  }

  return (
    <FileButton accept=".zip,application/zip" onChange={send} inputProps={{ "data-testid": "import-file", "aria-label": words.import } as never}>
      {(props) => (
        <Tooltip label={words.import}>
          <ActionIcon {...props} variant="default" size={36} aria-label={words.import} loading={bring.isPending}>
            <Icon name="upload" />
          </ActionIcon>
        </Tooltip>
      )}
    </FileButton>
  );
}
