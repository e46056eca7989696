/** A log for screen readers: new messages only, in one sentence each, so that history and redrawing stay silent. */
import { make } from "./dom.ts";
import type { ChatEvent } from "./protocol.ts";
import type { Words } from "./words.ts";

const KEEP = 6;

export class Announcer {
  readonly element = make("div", { class: "unseen", role: "log", "aria-live": "polite", "aria-relevant": "additions" });

  announce(event: ChatEvent, words: Words): void {
    const speaker = { customer: words.sayCustomer, bot: words.sayBot, agent: words.sayAgent, system: words.saySystem }[event.from];
    const cards = event.cards.map((card) => `${card.title}, ${card.price}`);
    const parts = [
      event.text,
      event.picture && words.picture,
      cards.length ? `${words.products(cards.length)}: ${cards.join("; ")}` : null,
      event.buttons.map((button) => button.title).join(", "),
    ];
    const sentence = parts.filter(Boolean).join(". ");
    if (!sentence) return;
    this.element.append(make("p", {}, `${speaker}: ${sentence}`));
    while (this.element.childElementCount > KEEP) this.element.firstElementChild?.remove();
  }
}
