/** Errors of the API, in the API's own sentence. */
import { texts } from "../texts";

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly codes: string[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** True when the server decided so: asking again would bring the same answer. */
  get isAnswer(): boolean {
    return this.status >= 400 && this.status < 500;
  }
}

/** Nobody answered, or only the gateway did: the part behind it may be restarting. */
export const isAway = (error: unknown) => error instanceof ApiError && !error.isAnswer;

type Envelope = { error?: { message?: string; errors?: { code?: string }[] } | null };

/** The error that an answer tells of; a gateway's page without the envelope becomes a sentence of ours. */
export function errorFrom(response: Response, body: unknown): ApiError {
  const said = typeof body === "object" && body !== null ? (body as Envelope).error : null;
  const codes = (said?.errors ?? []).flatMap((each) => (each.code ? [each.code] : []));
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  return new ApiError(said?.message || texts.errors.byStatus(response.status), response.status, codes, retryAfter);
}

export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return texts.errors.unexpected;
}
