/** A log for screen readers: new messages only, in one sentence each, so that history and redrawing stay silent. */
import { make } from "../shared/dom.ts";
import { speakerOf } from "./bubbles.ts";
import type { ChatEvent } from "./protocol.ts";
import type { Words } from "./words.ts";

const KEEP = 6;

export class Announcer {
  readonly element = make("div", { class: "unseen", role: "log", "aria-live": "polite", "aria-relevant": "additions" });

  announce(event: ChatEvent, words: Words): void {
    const cards = event.cards.map((card) => `${card.title}, ${card.price}`);
    const parts = [
      event.text,
      event.from === "agent" ? (event.photo || event.picture) && words.pictureOf(speakerOf(event, words)) : event.picture && words.picture,
      cards.length ? `${words.products(cards.length)}: ${cards.join("; ")}` : null,
      event.buttons.map((button) => button.title).join(", "),
      event.form === "email" && words.email,
      event.rating && words.rate,
    ];
    const sentence = parts.filter(Boolean).join(". ");
    if (sentence) this.say(`${speakerOf(event, words)}: ${sentence}`);
  }

  /** News that is no message. */
  say(text: string): void {
    this.element.append(make("p", {}, text));
    while (this.element.childElementCount > KEEP) this.element.firstElementChild?.remove();
  }
}
