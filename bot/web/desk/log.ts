/**
 * The conversation's messages. A page of them is in the document, earlier ones come by scrolling up, and while the view
 * follows the newest the oldest leave again; so a conversation of any length costs the same. New ones are added once a
 * frame, with one write of the scroll position and no reading of layout.
 */
import { dayLabel, dayOf } from "../shared/days.ts";
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { App } from "./app.ts";
import { customerName } from "./app.ts";
import { draftItem, messageItem, noteItem } from "./message.ts";
import type { Draft } from "./outbox.ts";
import type { Message } from "./protocol.ts";
import { readPage } from "./reader.ts";
import type { Talk } from "./talk.ts";
import { localeOf } from "./time.ts";

const PAGE = 60;
/** Follows until this many are drawn, then the oldest go. */
const MOST_DRAWN = 180;
const AT_END_PX = 60;
const NEAR_START_PX = 300;
/** Messages of one speaker within this time share a heading. */
const TOGETHER_MS = 4 * 60_000;

export class Log {
  readonly element: HTMLElement;
  private readonly scroller = make("div", { class: "log", tabindex: 0, role: "region" });
  private readonly list = make("ol", { class: "messages" });
  private readonly drafts = make("ol", { class: "messages drafts" });
  private readonly typing = make("p", { class: "typing", hidden: true });
  private readonly earlier: HTMLButtonElement;
  private readonly toEnd: HTMLButtonElement;
  private readonly mark = make("p", { class: "read-mark" });
  private talk: Talk | null = null;
  /** Seqs of the first and the last message that are drawn. */
  private first = 0;
  private last = 0;
  private drawnNotes = new Set<number>();
  private drawnDrafts = "";
  private follows = true;
  private lastTop = 0;
  private asking = false;

  constructor(
    private readonly app: App,
    /** All that is there has been in view. */
    private readonly onSeen: () => void,
  ) {
    const words = app.words();
    this.scroller.setAttribute("aria-label", words.conversation);
    this.earlier = make("button", { type: "button", class: "earlier link", hidden: true }, words.earlier);
    this.earlier.addEventListener("click", () => void this.showEarlier());
    this.toEnd = make("button", { type: "button", class: "to-end", hidden: true, "aria-label": words.toLatest }, icon("down"), words.latest);
    this.toEnd.addEventListener("click", () => this.scrollToEnd());
    const inner = make("div", { class: "log-inner" }, this.earlier, this.list, this.drafts, this.mark, this.typing);
    this.scroller.append(inner);
    this.element = make("div", { class: "log-frame" }, this.scroller, this.toEnd);
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    // Pictures that arrive and a composer that grows change heights; who was at the end stays there.
    const keep = new ResizeObserver(() => this.follows && this.pin());
    keep.observe(inner);
    keep.observe(this.scroller);
  }

  get atEnd(): boolean {
    return this.follows;
  }

  /** Another conversation. */
  open(talk: Talk | null): void {
    this.talk = talk;
    this.redraw();
  }

  private redraw(): void {
    const { talk } = this;
    this.list.replaceChildren();
    this.drawnNotes.clear();
    this.drawnDrafts = "";
    this.follows = true;
    this.lastTop = 0;
    this.toEnd.hidden = true;
    const messages = talk?.messages ?? [];
    const shown = messages.slice(-PAGE);
    this.first = shown[0]?.seq ?? 0;
    this.last = 0;
    this.update();
  }

  /** Draws what is new. */
  update(): void {
    const { talk } = this;
    if (!talk) return;
    const { messages } = talk;
    if (this.last && (messages.at(-1)?.seq ?? 0) < this.last) return this.redraw();
    // Something was erased, or the page of messages was replaced after a long break.
    if (this.last && !messages.some((message) => message.seq === this.first)) return this.redraw();
    const fresh = messages.filter((message) => message.seq > this.last && message.seq >= this.first);
    for (const message of fresh) {
      this.list.append(...this.items(message, this.list.lastElementChild));
      if (message.id) this.app.outbox.remove(message.id);
    }
    if (fresh.length) {
      this.last = fresh.at(-1)!.seq;
      this.first ||= fresh[0]!.seq;
    }
    this.drawNotes();
    this.drawDrafts();
    this.drawMark();
    this.typing.hidden = !talk.writing;
    if (talk.writing) this.typing.textContent = `${customerName(this.app.desk.handoffOf(talk.id), talk.id, this.app.words())} ${this.app.words().writes}`;
    if (this.follows) {
      this.dropOldest();
      this.pin();
    } else if (fresh.some((message) => message.from === "customer")) this.toEnd.hidden = false;
    this.earlier.hidden = !this.hasEarlier;
  }

  scrollToEnd(): void {
    this.follows = true;
    this.toEnd.hidden = true;
    this.dropOldest();
    this.earlier.hidden = !this.hasEarlier;
    this.pin();
    this.onSeen();
  }

  focus(): void {
    this.scroller.focus();
  }

  private pin(): void {
    this.scroller.scrollTop = 1e9;
  }

  private get hasEarlier(): boolean {
    return !!this.talk && (this.talk.more || this.talk.first < this.first);
  }

  /** The message, after a line for its day when it is the first of it; joined to the one before if it continues it. */
  private items(message: Message, before: Element | null): HTMLElement[] {
    const item = messageItem(this.app, message, this.talk!.id);
    const day = dayOf(message.at);
    item.dataset.at = message.at;
    item.dataset.who = `${message.from} ${message.agent?.name ?? ""}`;
    const previous = before instanceof HTMLElement ? before : null;
    if (!previous || dayOf(previous.dataset.at ?? "") !== day) {
      const label = make("li", { class: "day" }, make("span", {}, dayLabel(message.at, localeOf(this.app.language()), this.app.words())));
      return [label, item];
    }
    const close = Date.parse(message.at) - Date.parse(previous.dataset.at ?? "") < TOGETHER_MS;
    if (close && previous.dataset.who === item.dataset.who) item.classList.add("joined");
    return [item];
  }

  /** Notes stand where they were written. */
  private drawNotes(): void {
    for (const note of this.talk!.notes) {
      if (this.drawnNotes.has(note.id)) continue;
      const at = Date.parse(note.at);
      const items = [...this.list.querySelectorAll<HTMLElement>(":scope > .message")].reverse();
      const after = items.find((item) => Date.parse(item.dataset.at ?? "") <= at);
      // Written before the earliest message that is drawn: it comes with its page.
      if (!after && this.hasEarlier) continue;
      const item = noteItem(this.app, note);
      item.dataset.at = note.at;
      item.dataset.who = "note";
      if (after) after.after(item);
      else this.list.prepend(item);
      item.nextElementSibling?.classList.remove("joined");
      this.drawnNotes.add(note.id);
    }
  }

  private drawDrafts(): void {
    const { app, talk } = this;
    const known = new Set(talk!.messages.slice(-PAGE).map((message) => message.id));
    const waiting = app.outbox.of(talk!.id).filter((draft) => !known.has(draft.outgoing.client_id));
    const key = waiting.map((draft) => `${draft.outgoing.client_id} ${draft.delivery}`).join("\n");
    if (key === this.drawnDrafts) return;
    if (waiting.length > this.drafts.childElementCount) this.follows = true;
    this.drawnDrafts = key;
    this.drafts.replaceChildren(...waiting.map((draft) => this.draft(draft)));
  }

  private draft(draft: Draft): HTMLElement {
    const { outbox, desk } = this.app;
    const id = draft.outgoing.client_id;
    return draftItem(this.app, draft, {
      retry: () => outbox.retry(id),
      discard: () => {
        outbox.remove(id);
        desk.touch("messages");
      },
    });
  }

  /** Under the agent's last reply: whether it has been read. Not under a note, which no customer reads. */
  private drawMark(): void {
    const { talk } = this;
    const words = this.app.words();
    const last = talk!.messages.at(-1);
    const noted = this.list.lastElementChild?.classList.contains("note");
    const text = last?.from === "agent" && !noted && !this.drafts.childElementCount ? (talk!.reads.customer >= last.seq ? words.read : words.sent) : "";
    if (this.mark.textContent !== text) this.mark.textContent = text;
  }

  private dropOldest(): void {
    const items = this.list.querySelectorAll<HTMLElement>(":scope > .message[data-seq]");
    if (items.length <= MOST_DRAWN) return;
    const keep = items[items.length - PAGE]!;
    while (this.list.firstElementChild && this.list.firstElementChild !== keep) this.forget(this.list.firstElementChild as HTMLElement);
    this.first = Number(keep.dataset.seq);
    this.lastTop = 0;
    keep.classList.remove("joined");
  }

  private forget(item: HTMLElement): void {
    if (item.dataset.note) this.drawnNotes.delete(Number(item.dataset.note));
    item.remove();
  }

  private async showEarlier(): Promise<void> {
    const { talk } = this;
    if (!talk || this.asking || !this.hasEarlier) return;
    if (talk.first >= this.first) {
      this.asking = true;
      this.earlier.textContent = this.app.words().loading;
      try {
        const page = readPage(await this.app.api.get(`conversations/${encodeURIComponent(talk.id)}/messages`, { before: String(talk.first) }));
        talk.prepend(page.messages, page.more);
      } catch {
        this.app.say(this.app.words().failed, "problem");
      } finally {
        this.asking = false;
        this.earlier.textContent = this.app.words().earlier;
      }
      if (talk !== this.talk) return;
    }
    this.drawEarlier(talk);
  }

  private drawEarlier(talk: Talk): void {
    const end = talk.messages.findIndex((message) => message.seq >= this.first);
    const page = talk.messages.slice(Math.max(0, end - PAGE), end);
    const below = this.scroller.scrollHeight - this.scroller.scrollTop;
    const items: HTMLElement[] = [];
    for (const message of page) items.push(...this.items(message, items.at(-1) ?? null));
    const oldDay = this.list.querySelector(".day");
    if (page.length && oldDay && dayOf(page.at(-1)!.at) === dayOf((oldDay.nextElementSibling as HTMLElement | null)?.dataset.at ?? "")) oldDay.remove();
    this.list.prepend(...items);
    if (page.length) this.first = page[0]!.seq;
    this.drawNotes();
    this.earlier.hidden = !this.hasEarlier;
    this.scroller.scrollTop = this.scroller.scrollHeight - below;
  }

  private onScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    if (atEnd && !this.follows) {
      this.toEnd.hidden = true;
      this.follows = true;
      this.onSeen();
    }
    // A picture that has just arrived moves the end away too; only a person moves the view up.
    if (!atEnd && scrollTop < this.lastTop) this.follows = false;
    this.lastTop = scrollTop;
    if (scrollTop < NEAR_START_PX && this.hasEarlier && !this.follows) void this.showEarlier();
  }
}
