/**
 * What agents write and the server does not have yet. Kept in the tab's storage, so that neither a lost connection nor a
 * reload loses a reply; the server knows each by its `client_id`, so that sending again never doubles one.
 */
import type { Store } from "../shared/storage.ts";
import { Refused, type Answer } from "./line.ts";
import type { Card, Outgoing } from "./protocol.ts";

export type Delivery = "sending" | "waiting" | "failed" | "sent";

/** An outgoing message and how it looks until it comes back as an event. */
export interface Draft {
  outgoing: Outgoing;
  at: string;
  /** What `product` or `photo` shows meanwhile. */
  card: Card | null;
  delivery: Delivery;
  /** The server's sentence of a failure. */
  problem: string | null;
}

const KEY = "outbox";
/** It bounds what storage holds; nobody has so many in flight. */
const LIMIT = 100;
/** The line's or the server's fault, for now: tried again when the line is back. */
const PASSING = new Set(["offline", "timeout"]);

export class Outbox {
  private drafts: Draft[];
  /** Conversations with a message in flight: the next one waits, so that the order is kept. */
  private readonly busy = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly send: (outgoing: Outgoing) => Promise<Answer>,
    private readonly onChange: (draft: Draft) => void,
  ) {
    const kept = store.get<unknown>(KEY, []);
    this.drafts = (Array.isArray(kept) ? (kept as Draft[]) : []).filter((draft) => typeof draft?.outgoing?.client_id === "string");
    for (const draft of this.drafts) if (draft.delivery !== "failed") draft.delivery = "waiting";
  }

  of(conversation: string): Draft[] {
    return this.drafts.filter((draft) => draft.outgoing.conversation === conversation);
  }

  add(outgoing: Outgoing, at: string, card: Card | null = null): Draft {
    const draft: Draft = { outgoing, at, card, delivery: "sending", problem: null };
    this.drafts = [...this.drafts, draft].slice(-LIMIT);
    this.keep();
    void this.work(outgoing.conversation);
    return draft;
  }

  /** The line is back: everything that the server may not have goes again, in order. */
  flush(): void {
    const conversations = new Set(this.drafts.map((draft) => draft.outgoing.conversation));
    for (const conversation of conversations) void this.work(conversation);
  }

  retry(id: string): void {
    const draft = this.drafts.find((one) => one.outgoing.client_id === id);
    if (draft?.delivery !== "failed") return;
    Object.assign(draft, { delivery: "sending", problem: null });
    this.changed(draft);
    void this.work(draft.outgoing.conversation);
  }

  /** The server has it (its event came, say), or the agent gave it up. */
  remove(id: string): void {
    const rest = this.drafts.filter((draft) => draft.outgoing.client_id !== id);
    if (rest.length === this.drafts.length) return;
    this.drafts = rest;
    this.keep();
  }

  clear(): void {
    this.drafts = [];
    this.store.remove(KEY);
  }

  private async work(conversation: string): Promise<void> {
    if (this.busy.has(conversation)) return;
    this.busy.add(conversation);
    try {
      for (let draft = this.next(conversation); draft; draft = this.next(conversation)) {
        draft.delivery = "sending";
        this.onChange(draft);
        try {
          await this.send(draft.outgoing);
          draft.delivery = "sent";
        } catch (error) {
          const refused = error instanceof Refused ? error : new Refused("failed", "");
          draft.delivery = PASSING.has(refused.code) ? "waiting" : "failed";
          draft.problem = refused.sentence || null;
        }
        this.changed(draft);
        if (draft.delivery === "waiting") return;
      }
    } finally {
      this.busy.delete(conversation);
    }
  }

  private next(conversation: string): Draft | undefined {
    return this.of(conversation).find((draft) => draft.delivery === "sending" || draft.delivery === "waiting");
  }

  private changed(draft: Draft): void {
    this.keep();
    this.onChange(draft);
  }

  private keep(): void {
    this.store.set(KEY, this.drafts.filter((draft) => draft.delivery !== "sent"));
  }
}
