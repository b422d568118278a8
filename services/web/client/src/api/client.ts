/** The only place that talks to the server. */
import createClient from "openapi-fetch";
import { texts } from "../texts";
import { cache } from "./cache";
import { ApiError, errorFrom } from "./errors";
import type { paths } from "./schema";
import type { Session } from "./types";

export const sessionKey = ["session"] as const;

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const SIGNED_OUT_IS_AN_ANSWER = ["/api/v0/auth/login", "/api/v0/auth/me"];

export function csrfToken(): string | undefined {
  return cache.getQueryData<Session | null>(sessionKey)?.csrf_token;
}

function withToken(request: Request): Request {
  const token = csrfToken();
  if (!SAFE.has(request.method) && token) request.headers.set("X-CSRF-Token", token);
  return request;
}

/** Another tab may have signed in anew, which makes this tab's token stale: fetch the new one. */
export async function renewToken(): Promise<boolean> {
  const before = csrfToken();
  const answer = await fetch("/api/v0/auth/me");
  if (!answer.ok) return false;
  const session = ((await answer.json()) as { data: Session }).data;
  cache.setQueryData(sessionKey, session);
  return session.csrf_token !== before;
}

async function send(request: Request): Promise<Response> {
  const again = SAFE.has(request.method) ? null : request.clone();
  const response = await fetch(withToken(request));
  if (response.status === 403 && again && (await renewToken())) return fetch(withToken(again));
  if (response.status === 401 && !SIGNED_OUT_IS_AN_ANSWER.includes(new URL(request.url).pathname)) {
    cache.setQueryData(sessionKey, null);
  }
  return response;
}

export const api = createClient<paths>({ fetch: send });

type Answer<T> = { data?: { data?: T | null } | undefined; error?: unknown; response: Response };

async function settle<A extends { error?: unknown; response: Response }>(call: Promise<A>): Promise<A> {
  let answer: A;
  try {
    answer = await call;
  } catch {
    throw new ApiError(texts.errors.unreachable, 0);
  }
  if (!answer.response.ok) throw errorFrom(answer.response, answer.error);
  return answer;
}

/** What the envelope of a successful answer holds; throws `ApiError` for every other answer. */
export async function take<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const answer = await settle(call);
  return answer.data?.data as NonNullable<T>;
}

/** For calls that answer without a body. */
export async function done(call: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  await settle(call);
}
