/** What the assistant would say: asked for by the agent, put into the field by the agent, never sent by itself. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import { cardLine } from "./cards.ts";
import { readSuggestion } from "./reader.ts";
import { textBlock } from "./texts.ts";

export class SuggestionPanel {
  readonly element = make("section", { class: "suggestion", hidden: true });
  private asked: AbortController | null = null;

  constructor(
    private readonly app: App,
    private readonly onInsert: (text: string) => void,
    private readonly onLeave: () => void,
  ) {
    this.element.setAttribute("aria-label", app.words().suggestion);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
      this.onLeave();
    });
  }

  async ask(conversation: string): Promise<void> {
    const { app } = this;
    const words = app.words();
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.element.hidden = false;
    this.element.replaceChildren(make("p", { class: "suggestion-title" }, words.loading));
    try {
      const suggestion = readSuggestion(await app.api.get(`suggest/${encodeURIComponent(conversation)}`, {}, asked.signal));
      if (asked.signal.aborted) return;
      const insert = make("button", { type: "button", class: "primary" }, words.insert);
      const dismiss = make("button", { type: "button" }, words.dismiss);
      dismiss.addEventListener("click", () => {
        this.close();
        this.onLeave();
      });
      if (!suggestion.text && !suggestion.cards.length) {
        this.element.replaceChildren(make("p", { class: "suggestion-title" }, words.noSuggestion), make("div", { class: "form-buttons" }, dismiss));
        dismiss.focus();
        return;
      }
      insert.addEventListener("click", () => {
        this.close();
        this.onInsert(suggestion.text ?? "");
      });
      const cards = suggestion.cards.map((card) => {
        const send = make("button", { type: "button", "aria-label": `${words.sendCard}: ${card.title}` }, words.sendCard);
        send.addEventListener("click", () => {
          app.actions.send(conversation, { card });
          send.disabled = true;
          app.announce(words.cardSent(card.title));
        });
        return make("li", {}, cardLine(card), send);
      });
      this.element.replaceChildren(
        make("p", { class: "suggestion-title" }, words.suggestion),
        suggestion.text ? textBlock(suggestion.text, "suggestion-text", words) : "",
        cards.length ? make("ul", { class: "suggestion-cards", "aria-label": words.products(cards.length) }, ...cards) : "",
        make("div", { class: "form-buttons" }, suggestion.text ? insert : null, dismiss),
      );
      (suggestion.text ? insert : dismiss).focus();
    } catch {
      if (asked.signal.aborted) return;
      this.close();
      app.say(words.failed, "problem");
      this.onLeave();
    }
  }

  close(): void {
    this.asked?.abort();
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}
