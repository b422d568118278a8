/** The frame around every page: the rail at the edge, the page beside it. */
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { lazy, Suspense, useEffect } from "react";
import { Outlet } from "react-router";
import { useSession } from "../api/session";
import { commitRemovals } from "../lib/undo";
import { texts } from "../texts";
import { ErrorNote } from "./ErrorNote";
import css from "./Frame.module.css";
import { Rail } from "./Rail";
import { ToLogin } from "./SignedIn";
import { TourStrip } from "./TourStrip";

const CommandPalette = lazy(async () => ({ default: (await import("./CommandPalette")).CommandPalette }));

export function Frame() {
  const session = useSession();
  const [isFinding, finding] = useDisclosure();
  useHotkeys([["mod+K", finding.open]], []);
  useEffect(() => commitRemovals, []);

  if (session.data === null) return <ToLogin />;
  return (
    <div className={css.frame}>
      <a className="skip" href="#page">
        {texts.nav.skip}
      </a>
      <Rail onFind={finding.open} />
      <div className={css.place}>
        {session.data && <TourStrip />}
        <main id="page" className={css.page} tabIndex={-1}>
          {session.error && <ErrorNote error={session.error} onRetry={() => void session.refetch()} />}
          {session.data && <Outlet />}
        </main>
      </div>
      {session.data && isFinding && (
        <Suspense>
          <CommandPalette onClose={finding.close} />
        </Suspense>
      )}
    </div>
  );
}
