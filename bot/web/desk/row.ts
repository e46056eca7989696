/** One conversation as a line of the lists. Only what has changed is written to the page. */
import { make } from "../shared/dom.ts";
import { customerName, wordFor, type App } from "./app.ts";
import type { Handoff } from "./protocol.ts";
import { oneLine, visible } from "./texts.ts";
import { clock, duration, secondsSince } from "./time.ts";

/** Writes only if it differs: an equal text would still cost a layout. */
const write = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};

export class Row {
  private readonly name = make("span", { class: "row-name", dir: "auto" });
  private readonly time = make("span", { class: "row-time" });
  private readonly preview = make("span", { class: "row-text", dir: "auto" });
  private readonly facts = make("span", { class: "row-facts" });
  private readonly badge = make("span", { class: "badge" });
  readonly button = make("button", { type: "button", class: "row-button", tabindex: -1 });
  private readonly claim: HTMLButtonElement | null = null;
  readonly element = make("li", { class: "row" });
  private drawn: Handoff | null = null;
  private drawnWriting = false;

  constructor(
    private readonly app: App,
    public handoff: Handoff,
    claimable: boolean,
  ) {
    const { words } = app;
    this.button.append(
      make("span", { class: "row-top" }, this.name, this.time),
      make("span", { class: "row-middle" }, this.preview, this.badge),
      this.facts,
    );
    this.button.addEventListener("click", () => app.show(this.handoff.conversation, "composer"));
    this.element.append(this.button);
    if (claimable) {
      this.claim = make("button", { type: "button", class: "row-claim", tabindex: -1 }, words().claim);
      this.claim.addEventListener("click", () => void app.actions.claim(this.handoff));
      this.element.append(this.claim);
    }
    this.update(handoff);
  }

  update(handoff: Handoff): void {
    const { app } = this;
    const words = app.words();
    const writing = app.desk.isWriting(handoff.conversation);
    this.handoff = handoff;
    this.setCurrent(app.desk.open === handoff.conversation);
    if (handoff !== this.drawn || writing !== this.drawnWriting) {
      this.drawn = handoff;
      this.drawnWriting = writing;
      const name = customerName(handoff, handoff.conversation, words);
      write(this.name, name);
      this.claim?.setAttribute("aria-label", `${words.claim}: ${name}`);
      write(this.preview, writing ? words.writes : this.lastWords());
      this.preview.classList.toggle("writing", writing);
      write(this.facts, this.factsLine());
      const toAccept = handoff.state === "assigned" && handoff.agent === app.desk.me.id;
      this.element.classList.toggle("to-accept", toAccept);
      this.element.dataset.mood = handoff.mood ?? "";
      this.showBadge(handoff.state === "queued" ? 0 : handoff.unread, toAccept);
    }
    this.tick();
  }

  setCurrent(current: boolean): void {
    if (current) this.button.setAttribute("aria-current", "true");
    else this.button.removeAttribute("aria-current");
  }

  /** The time goes on. */
  tick(): void {
    const { app, handoff } = this;
    const words = app.words();
    const since = handoff.state === "queued" ? (handoff.queued ?? handoff.asked) : (app.desk.unanswered.get(handoff.conversation) ?? null);
    const seconds = secondsSince(since);
    const text = since ? words.waits(duration(seconds, words)) : handoff.last ? clock(handoff.last.at, app.language()) : "";
    write(this.time, text);
    this.time.classList.toggle("late", since !== null && seconds >= app.desk.settings.wait_warning);
  }

  private lastWords(): string {
    const words = this.app.words();
    const { last } = this.handoff;
    if (!last) return "";
    const said = last.text ? oneLine(last.text) : last.photo ? words.photo : "";
    if (last.from === "customer") return said;
    const { name } = this.app.desk.me;
    const colleague = last.name === name ? words.you : last.name ? visible(last.name) : words.sayAgent;
    return `${last.from === "bot" ? words.sayBot : colleague}${words.colon}${said}`;
  }

  private factsLine(): string {
    const { handoff, app } = this;
    const words = app.words();
    const other = handoff.agent !== null && handoff.agent !== app.desk.me.id ? app.desk.nameOf(handoff.agent) : null;
    return [
      other,
      wordFor(words.reason, handoff.reason),
      handoff.mood && handoff.mood !== "calm" ? wordFor(words.mood, handoff.mood) : null,
      handoff.language && wordFor(words.languageName, handoff.language),
      wordFor(words.channel, handoff.channel),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  private showBadge(unread: number, toAccept: boolean): void {
    const words = this.app.words();
    this.badge.hidden = !unread && !toAccept;
    if (toAccept) this.badge.replaceChildren(words.toAccept);
    else this.badge.replaceChildren(make("span", { "aria-hidden": "true" }, unread > 99 ? "99+" : String(unread)), make("span", { class: "unseen" }, words.unread(unread)));
  }
}
