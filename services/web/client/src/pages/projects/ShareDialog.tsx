/** Who else may see or change a project; its owner decides, the others see it. */
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useShare, useShares } from "../../api/shares";
import type { Project, ProjectSummary, ShareRole } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { texts } from "../../texts";
import css from "./ShareDialog.module.css";
import { ShareRow } from "./ShareRow";

const words = texts.sharing;
export const ROLES = (["view", "edit"] as const).map((value) => ({ value, label: words.roles[value] }));

export function ShareDialog({ project, onClose }: { project: Project | ProjectSummary; onClose: () => void }) {
  const shares = useShares(project.id);
  const isOwner = project.right === "own";
  return (
    <Modal opened onClose={onClose} title={words.title(project.name)} size={480}>
      {isOwner ? <ShareForm projectId={project.id} /> : <p className={css.hint}>{words.onlyOwner(project.owner.name)}</p>}
      <ul className={css.people} data-testid="shares">
        <li>
          <span className={css.who}>
            <strong>{project.owner.name}</strong>
            <span>{project.owner.email}</span>
          </span>
          <span className={css.role}>{words.owner}</span>
        </li>
        {shares.data?.map((share) => <ShareRow key={share.user_id} share={share} projectId={project.id} isOwner={isOwner} />)}
      </ul>
      <ErrorNote error={shares.error} onRetry={() => void shares.refetch()} />
      {isOwner && <p className={css.hint}>{words.hint}</p>}
    </Modal>
  );
}

function ShareForm({ projectId }: { projectId: string }) {
  const share = useShare(projectId);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<ShareRole>("edit");

  function send(event: FormEvent) {
    event.preventDefault();
    share.mutate({ email: email.trim(), role }, { onSuccess: () => setEmail("") });
  }

  return (
    <form onSubmit={send}>
      <div className={css.form}>
        <TextInput
          data-testid="share-email" data-autofocus type="email" label={words.email} placeholder={words.placeholder} required withAsterisk={false}
          value={email} onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <NativeSelect
          data-testid="share-role" label={words.role} data={ROLES} value={role}
          onChange={(event) => setRole(event.currentTarget.value as ShareRole)}
        />
        <Button type="submit" size="sm" data-testid="share-submit" disabled={!email.trim()} loading={share.isPending}>
          {words.submit}
        </Button>
      </div>
      <ErrorNote error={share.error} />
    </form>
  );
}
