/** Short words to the agent, seen and heard; and a log that is only heard. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import { customerName } from "./app.ts";
import type { Message } from "./protocol.ts";
import { oneLine } from "./texts.ts";

const SHOWN_MS = 4_000;
const PROBLEM_MS = 9_000;
const KEEP = 6;

export class Toasts {
  readonly element = make("div", { class: "toasts", role: "status", "aria-live": "polite" });
  readonly heard = make("div", { class: "unseen", role: "log", "aria-live": "polite", "aria-relevant": "additions" });

  say(text: string, kind?: "problem"): void {
    const toast = make("p", { class: kind ? `toast ${kind}` : "toast", dir: "auto" }, text);
    // Outside of an open dialog nothing is in front of its veil, or heard; it gives us back when it closes.
    (document.querySelector("dialog[open]") ?? document.body).append(this.element);
    this.element.append(toast);
    while (this.element.childElementCount > 3) this.element.firstElementChild?.remove();
    setTimeout(() => toast.remove(), kind ? PROBLEM_MS : SHOWN_MS);
  }

  announce(text: string): void {
    if (!text) return;
    this.heard.append(make("p", {}, text));
    while (this.heard.childElementCount > KEEP) this.heard.firstElementChild?.remove();
  }
}

/** One sentence for a message: all of it when its conversation is open, else only whose it is. */
export function spoken(app: App, conversation: string, message: Message): string {
  const words = app.words();
  const name = customerName(app.desk.handoffOf(conversation), conversation, words);
  if (conversation !== app.desk.open) return words.newMessage(name);
  const speaker = { customer: name, bot: words.sayBot, agent: message.agent?.name ?? words.sayAgent, system: words.saySystem }[message.from];
  const cards = message.cards.length ? `${words.products(message.cards.length)}: ${message.cards.map((card) => card.title).join("; ")}` : null;
  const said = [message.text && oneLine(message.text, 300), message.about && oneLine(message.about), message.photo && words.photo, cards].filter(Boolean).join(". ");
  return `${speaker}: ${said}`;
}
