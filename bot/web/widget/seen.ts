/** "Seen", under the customer's last message once a person has read it. */
import { make } from "../shared/dom.ts";
import type { DeliveryState } from "./bubbles.ts";
import type { ChatEvent } from "./protocol.ts";

/** The customer's last message, if the server has it and it was read; an earlier one says nothing about the last. */
export function lastRead<T extends { event: ChatEvent; delivery: DeliveryState }>(entries: readonly T[], readUpTo: number): T | null {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index]!;
    if (entry.event.from !== "customer") continue;
    const { seq } = entry.event;
    return entry.delivery === "sent" && seq > 0 && seq <= readUpTo ? entry : null;
  }
  return null;
}

export class SeenMark {
  private readonly element = make("p", { class: "seen" });
  /** The shop's people have read up to this message. */
  readUpTo = 0;

  /** Puts the mark where it belongs now. */
  place(entries: readonly { event: ChatEvent; delivery: DeliveryState; slot: HTMLElement }[], text: string): void {
    this.element.textContent = text;
    const slot = lastRead(entries, this.readUpTo)?.slot;
    if (!slot) this.element.remove();
    else if (this.element.parentElement !== slot) slot.append(this.element);
  }
}
