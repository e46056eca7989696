/** Which hand-overs the customer has rated on this browser: the server knows, too, but asking twice is a nuisance at once. */
import type { Store } from "../shared/storage.ts";

const KEY = "rated";
const LIMIT = 20;

export class Rated {
  constructor(private readonly store: Store) {}

  /** The stars given, or null. */
  stars(handoff: number): number | null {
    return this.all().find(([id]) => id === handoff)?.[1] ?? null;
  }

  remember(handoff: number, stars: number): void {
    this.store.set(KEY, [...this.others(handoff), [handoff, stars]].slice(-LIMIT));
  }

  /** It was refused: the customer may try again. */
  forget(handoff: number): void {
    this.store.set(KEY, this.others(handoff));
  }

  private others(handoff: number): [number, number][] {
    return this.all().filter(([id]) => id !== handoff);
  }

  private all(): [number, number][] {
    const kept = this.store.get<unknown>(KEY, []);
    if (!Array.isArray(kept)) return [];
    return kept.filter((pair): pair is [number, number] => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isSafeInteger));
  }
}
