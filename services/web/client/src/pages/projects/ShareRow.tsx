import { ActionIcon, NativeSelect } from "@mantine/core";
import { useShare, useUnshare } from "../../api/shares";
import type { Share, ShareRole } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";
import { ROLES } from "./ShareDialog";
import css from "./ShareDialog.module.css";

const words = texts.sharing;

export function ShareRow({ share, projectId, isOwner }: { share: Share; projectId: string; isOwner: boolean }) {
  const change = useShare(projectId);
  const end = useUnshare(projectId);
  return (
    <li data-testid="share" data-email={share.email}>
      <span className={css.who}>
        <strong>{share.name}</strong>
        <span>{share.email}</span>
      </span>
      {isOwner ? (
        <>
          <NativeSelect
            size="xs" aria-label={words.roleOf(share.name)} data={ROLES} value={share.role}
            onChange={(event) => change.mutate({ email: share.email, role: event.currentTarget.value as ShareRole })}
          />
          <ActionIcon data-testid="unshare" aria-label={words.end(share.name)} title={words.end(share.name)} onClick={() => end.mutate(share.user_id)}>
            <Icon name="close" />
          </ActionIcon>
        </>
      ) : (
        <span className={css.role}>{words.roles[share.role]}</span>
      )}
      <ErrorNote error={change.error ?? end.error} />
    </li>
  );
}
