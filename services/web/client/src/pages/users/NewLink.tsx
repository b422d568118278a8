import type { Invitation } from "../../api/types";
import { momentOf } from "../../lib/time";
import { texts } from "../../texts";
import { ShownOnce } from "./ShownOnce";

/** A link as it is handed over: a whole address of this workbench. */
export function NewLink({ link }: { link: Invitation }) {
  const words = texts.users;
  return (
    <ShownOnce
      title={words.linkTitle(link.user.email)}
      text={words.linkOnce(momentOf(link.expires_at, Date.now()))}
      secret={window.location.origin + link.path}
    />
  );
}
