/** The server's REST side: JSON in and out, the CSRF token on every change, one kind of error. */
import { number, object, text } from "../shared/json.ts";
import type { Language } from "../shared/language.ts";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    /** The server's own sentence in the page's language, if it gave one. */
    readonly sentence: string | null,
    /** Seconds, when the server says so (429). */
    readonly retryAfter: number,
  ) {
    super(sentence ?? `${status} ${code}`);
  }
}

type Method = "GET" | "POST" | "PUT" | "DELETE";
const PATIENCE_MS = 20_000;

export class Api {
  csrf = "";

  constructor(
    private readonly language: () => Language,
    /** The session has ended (401). */
    private readonly onSignedOut: () => void,
    private readonly base: string = new URL("api/", location.href.replace(/[?#].*$/, "")).href,
  ) {}

  address(path: string): string {
    return this.base + path;
  }

  /** The address of a customer's photo, for `<img>`. */
  photo(id: string, conversation: string): string {
    return this.address(`photos/${encodeURIComponent(id)}?conversation=${encodeURIComponent(conversation)}`);
  }

  get(path: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<unknown> {
    const search = new URLSearchParams(query).toString();
    return this.call("GET", search ? `${path}?${search}` : path, undefined, signal);
  }

  /** @throws ApiError; TypeError without a connection. */
  async call(method: Method, path: string, body?: unknown, signal?: AbortSignal, renewed = false): Promise<unknown> {
    const headers: Record<string, string> = { Accept: "application/json", "X-Language": this.language() };
    if (method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    const form = body instanceof FormData;
    if (body !== undefined && !form) headers["Content-Type"] = "application/json";
    const patience = AbortSignal.timeout(form ? 4 * PATIENCE_MS : PATIENCE_MS);
    const response = await fetch(this.address(path), {
      method,
      headers,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer;
    if (response.status === 403 && /csrf/.test(text(object(answer).code)) && !renewed && method !== "GET") {
      // Signed in anew in another tab: the session is good, only the token is an old one.
      this.csrf = text(object(await this.call("GET", "me", undefined, signal)).csrf);
      return this.call(method, path, body, signal, true);
    }
    if (response.status === 401 && path !== "sign-in") this.onSignedOut();
    const problem = object(answer);
    const wait = number(Number(response.headers.get("Retry-After")));
    throw new ApiError(response.status, text(problem.code), text(problem.text) || null, wait);
  }
}
