/** The quiet line above the composer while a person has the conversation, or is awaited. */
import { make } from "../shared/dom.ts";
import { WITH_THE_BOT, type Handoff } from "./protocol.ts";
import type { Words } from "./words.ts";

/** A press that is not answered by then (the line was dead, say) may be tried again. */
const CANCEL_WITHIN_MS = 5_000;

/** What the line says; null when there is nothing to say, because the assistant has the conversation. */
export function describe(handoff: Handoff, words: Words): { text: string; detail: string; mayCancel: boolean } | null {
  const name = handoff.agent?.name ?? null;
  switch (handoff.state) {
    case "queued": {
      const parts = [handoff.place && words.queuePlace(handoff.place), handoff.wait !== null && words.queueWait(handoff.wait)];
      return { text: words.queued, detail: parts.filter(Boolean).join(words.comma), mayCancel: true };
    }
    case "assigned":
      return { text: words.assigned(name), detail: "", mayCancel: true };
    case "human":
      return { text: words.talkingTo(name), detail: "", mayCancel: false };
    case "bot":
      return null;
  }
}

/**
 * What a screen reader should hear when `before` became `after`; null for what is no news to anybody (a place further on
 * in the queue, the same state again after a lost line).
 */
export function announcement(before: Handoff, after: Handoff, words: Words): string | null {
  if (before.state === after.state && before.agent?.name === after.agent?.name) return null;
  const told = describe(after, words);
  if (!told) return words.assistantBack;
  return told.detail ? `${told.text}${words.comma}${told.detail}` : told.text;
}

export interface HandoffBannerOptions {
  words: () => Words;
  /** The customer would rather have the assistant back. */
  onCancel: () => void;
  announce: (text: string) => void;
  /** The button that had the focus is gone. */
  onFocusLost: () => void;
}

export class HandoffBanner {
  readonly element: HTMLElement;
  private readonly text = make("span", { class: "handoff-text" });
  private readonly detail = make("span", { class: "handoff-detail" });
  private readonly button = make("button", { type: "button", class: "handoff-back" });
  private handoff: Handoff = WITH_THE_BOT;
  private cancelTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: HandoffBannerOptions) {
    // Not a live region: every step forward in the queue would be read out. News goes to the announcer instead.
    this.element = make(
      "section",
      { class: "handoff", hidden: true },
      make("span", { class: "handoff-dot", "aria-hidden": "true" }),
      make("p", {}, this.text, " ", this.detail),
      this.button,
    );
    this.button.addEventListener("click", () => this.cancel());
  }

  show(handoff: Handoff): void {
    const news = announcement(this.handoff, handoff, this.options.words());
    if (handoff.state !== this.handoff.state) this.setBusy(false);
    this.handoff = handoff;
    this.relabel();
    if (news) this.options.announce(news);
  }

  relabel(): void {
    const words = this.options.words();
    const told = describe(this.handoff, words);
    const hadFocus = document.activeElement === this.button;
    this.element.hidden = !told;
    this.element.dataset.state = this.handoff.state;
    this.element.setAttribute("aria-label", words.handoff);
    this.text.textContent = told?.text ?? "";
    this.detail.textContent = told?.detail ?? "";
    this.button.textContent = words.backToAssistant;
    this.button.hidden = !told?.mayCancel;
    if (hadFocus && this.button.hidden) this.options.onFocusLost();
  }

  private cancel(): void {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.setBusy(true);
    this.cancelTimer = setTimeout(() => this.setBusy(false), CANCEL_WITHIN_MS);
    this.options.onCancel();
  }

  private setBusy(busy: boolean): void {
    clearTimeout(this.cancelTimer);
    // Not `disabled`: that would throw the focus away.
    this.button.setAttribute("aria-disabled", String(busy));
  }
}
