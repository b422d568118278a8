/** How the session is asked for. */
import { queryOptions } from "@tanstack/react-query";
import { api, sessionKey, take } from "./client";
import { ApiError } from "./errors";
import type { Session } from "./types";

async function fetchSession(): Promise<Session | null> {
  try {
    return await take(api.GET("/api/v0/auth/me"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** The session, or null for nobody. */
export const sessionQuery = queryOptions({ queryKey: sessionKey, queryFn: fetchSession, staleTime: 5 * 60_000 });
