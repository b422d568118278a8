/** The frame around every page: the rail at the edge, the page beside it. */
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { lazy, Suspense, useEffect } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { useSession } from "../api/session";
import { commitRemovals } from "../lib/undo";
import { texts } from "../texts";
import { ErrorNote } from "./ErrorNote";
import css from "./Frame.module.css";
import { Rail } from "./Rail";
import { TourStrip } from "./TourStrip";

const CommandPalette = lazy(async () => ({ default: (await import("./CommandPalette")).CommandPalette }));

export function Frame() {
  const session = useSession();
  const { pathname, search } = useLocation();
  const [isFinding, finding] = useDisclosure();
  useHotkeys([["mod+K", finding.open]], []);
  useEffect(() => commitRemovals, []);

  if (session.data === null) {
    const next = pathname + search;
    return <Navigate to={next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`} replace />;
  }
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
