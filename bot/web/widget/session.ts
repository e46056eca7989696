/** The customer's session: a token signed by the server, which names the conversation. Renewed at every start. */
import { readLanguage, type Language } from "../shared/language.ts";
import type { Store } from "../shared/storage.ts";

export interface SessionGrant {
  token: string;
  conversation: string;
  language: Language | null;
}

/** The server answered and said no; trying again at once would not help. */
export class SessionRefused extends Error {}

export class Session {
  private grant: SessionGrant | null = null;
  private pending: Promise<SessionGrant> | null = null;

  constructor(
    private readonly url: string,
    private readonly store: Store,
    private readonly language: () => Language,
    private readonly request: typeof fetch = (...details) => fetch(...details),
  ) {}

  get token(): string {
    return this.grant?.token ?? "";
  }

  /** The grant in hand, or a new one. @throws SessionRefused, or TypeError when the server cannot be reached. */
  async open(): Promise<SessionGrant> {
    return this.grant ?? this.renew();
  }

  /** Asks the server again; an old valid token keeps its conversation. Calls at the same time share one request. */
  renew(): Promise<SessionGrant> {
    this.pending ??= this.ask().finally(() => (this.pending = null));
    return this.pending;
  }

  private async ask(): Promise<SessionGrant> {
    const token = this.store.get<string | null>("token", null);
    const response = await this.request(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...(token ? { token } : {}), language: this.language() }),
    });
    // A busy or restarting server is worth another try; a refusal is not.
    if (response.status >= 500 || response.status === 429) throw new TypeError(`session: ${response.status}`);
    if (!response.ok) throw new SessionRefused(`session: ${response.status}`);
    const answer = (await response.json()) as Record<string, unknown>;
    this.grant = {
      token: String(answer.token),
      conversation: String(answer.conversation),
      language: readLanguage(answer.language),
    };
    this.store.set("token", this.grant.token);
    return this.grant;
  }

  /** Forget the grant in hand (the server called it expired); the next `open` asks again. */
  expire(): void {
    this.grant = null;
  }
}
