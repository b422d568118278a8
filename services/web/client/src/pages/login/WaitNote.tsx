/** Counts down to the moment when signing in may be tried again. */
import { useState } from "react";
import { useNow } from "../../lib/useNow";
import { texts } from "../../texts";

export function WaitNote({ seconds }: { seconds: number }) {
  const [until] = useState(() => Date.now() + seconds * 1_000);
  const left = Math.ceil((until - useNow()) / 1_000);
  return left > 0 ? <p>{texts.login.limited(left)}</p> : null;
}
