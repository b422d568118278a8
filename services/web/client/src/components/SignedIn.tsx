/** What only somebody who is signed in gets to see; others are led to the login and back here. */
import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";
import { useSession } from "../api/session";
import { ErrorNote } from "./ErrorNote";

export function SignedIn({ children }: { children: ReactNode }) {
  const session = useSession();
  if (session.data === null) return <ToLogin />;
  if (session.error) return <ErrorNote error={session.error} onRetry={() => void session.refetch()} />;
  return session.data && children;
}

export function ToLogin() {
  const { pathname, search } = useLocation();
  const next = pathname + search;
  return <Navigate to={next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`} replace />;
}
