/**
 * Messages of the customer that the server has not acknowledged yet. They are kept in storage, so that neither a lost
 * connection nor a reload loses one; the server drops doubles by their id, so that sending again is always safe.
 */
import type { Store } from "../shared/storage.ts";
import type { Outgoing } from "./protocol.ts";

const KEY = "outbox";
/** More than this is no conversation any more; it also bounds what storage holds. */
const LIMIT = 50;

export class Outbox {
  constructor(private readonly store: Store) {}

  all(): Outgoing[] {
    const kept = this.store.get<unknown>(KEY, []);
    return Array.isArray(kept) ? (kept as Outgoing[]).filter((message) => typeof message?.id === "string") : [];
  }

  has(id: string): boolean {
    return this.all().some((message) => message.id === id);
  }

  add(message: Outgoing): void {
    if (!this.has(message.id)) this.store.set(KEY, [...this.all(), message].slice(-LIMIT));
  }

  remove(id: string): void {
    const all = this.all();
    const rest = all.filter((message) => message.id !== id);
    if (rest.length !== all.length) this.store.set(KEY, rest);
  }

  clear(): void {
    this.store.remove(KEY);
  }
}
