/**
 * The list of messages, drawn by deep-chat. deep-chat gets only one constant placeholder per message, which is filled
 * here with elements: its own text path knows Markdown (and `javascript:` links), its html path runs what it is given.
 */
import type { DeepChat } from "deep-chat";
import { dayLabel, dayOf } from "../shared/days.ts";
import { make, prefersReducedMotion } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { tagOf, type Language } from "../shared/language.ts";
import { makeAsk, type Ask } from "./asks.ts";
import { fillBubbles, makeStarters, nameSpeaker, retireReplies, showDelivery, type BubbleActions, type DeliveryState } from "./bubbles.ts";
import { createDeepChat } from "./deepchat.ts";
import { Dots } from "./dots.ts";
import { EmailForm } from "./email.ts";
import type { ChatEvent } from "./protocol.ts";
import { Rating } from "./rating.ts";
import { SeenMark } from "./seen.ts";
import type { Typist } from "./typists.ts";

/** The id of the page's own first bubble. */
export const GREETING = "greeting";
const PLACEHOLDER = '<div class="slot"></div>';
/** Older ones leave the page (not the server): a long conversation must stay light on a phone. */
const MOST_MESSAGES = 400;
/** Messages that come closer together than this are one answer. */
const ANSWER_WITHIN_MS = 2_500;
const ANCHOR_MARGIN = 12;
const STUCK_WITHIN = 60;
const READ_ON = 8;
/** A message counts as seen once this much of it has come into view. */
const SEEN_FROM = 24;

interface Entry {
  slot: HTMLElement;
  /** What deep-chat wraps around the placeholder. */
  row: HTMLElement;
  event: ChatEvent;
  ask: Ask | null;
  delivery: DeliveryState;
  onRetry?: () => void;
}

export interface ThreadActions extends BubbleActions {
  /** Other messages than before may be in view. */
  onScroll: () => void;
}

export class Thread {
  private readonly byId = new Map<string, Entry>();
  private readonly bySeq = new Map<number, Entry>();
  private entries: Entry[] = [];
  private readonly scroller: HTMLElement;
  private readonly dots: Dots;
  private readonly seen = new SeenMark();
  /** The view follows the conversation, unless the customer has scrolled up to read. */
  private stuck = true;
  /** Where the view stood when it last moved. */
  private lastTop = 0;
  /** The first message of the answer that is coming in: a long answer is read from its start. */
  private anchor: HTMLElement | null = null;
  /** When the last message was added. */
  private grown = 0;
  private readonly latest: HTMLButtonElement;

  private constructor(
    private readonly chat: DeepChat,
    private readonly actions: ThreadActions,
    private readonly language: () => Language,
    holder: HTMLElement,
  ) {
    this.scroller = chat.shadowRoot!.getElementById("messages")!;
    this.scroller.setAttribute("role", "region");
    this.scroller.tabIndex = 0;
    this.dots = new Dots(actions.words);
    this.latest = make("button", { type: "button", class: "latest", hidden: true });
    this.latest.addEventListener("click", () => this.toEnd(true));
    holder.append(this.latest);
    this.scroller.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    // Pictures that arrive and a keyboard that opens change heights; who was at the end stays at the end.
    new ResizeObserver(() => this.follow()).observe(this.scroller);
    this.scroller.addEventListener("load", () => this.follow(), true);
    this.relabel();
  }

  static async create(holder: HTMLElement, actions: ThreadActions, language: () => Language): Promise<Thread> {
    return new Thread(await createDeepChat(holder, MOST_MESSAGES), actions, language, holder);
  }

  /** Nothing was said here yet (the page's own greeting does not count). */
  get empty(): boolean {
    return this.entries.every((entry) => entry.event.id === GREETING);
  }

  get lastSeq(): number {
    return Math.max(0, ...this.bySeq.keys());
  }

  /** Shows a message of the server once; true if it was new here. */
  show(event: ChatEvent): boolean {
    const own = event.id ? this.byId.get(event.id) : undefined;
    const known = own ? undefined : this.bySeq.get(event.seq);
    if (known) {
      // Said again only because it has been rated, on another page perhaps.
      if (event.rating?.stars && known.ask instanceof Rating) known.ask.close(event.rating.stars);
      return false;
    }
    if (own) {
      // Our own message comes back: now it has its place and the server's wording.
      const changed = own.event.text !== event.text || own.event.photo?.url !== event.photo?.url;
      own.event = event;
      this.bySeq.set(event.seq, own);
      if (changed) fillBubbles(own.slot, event, this.actions);
      this.setDelivery(event.id!, "sent");
      this.placeSeen();
      return false;
    }
    const entry = this.append(event, "sent");
    if (event.from === "customer") this.retireBefore(entry);
    return true;
  }

  /** A line of the page's own, which the server knows nothing of. */
  showNote(event: ChatEvent): void {
    this.append(event, "sent");
  }

  /** The first bubble of an empty conversation, with words to start with; it goes stale like any quick reply. */
  showGreeting(event: ChatEvent, starters: readonly string[], onChoose: (text: string) => void): void {
    const { slot } = this.append(event, "sent");
    slot.classList.add("greeting");
    slot.append(makeStarters(starters, onChoose));
  }

  eraseBefore(seq: number): void {
    for (const entry of this.entries) {
      if (entry.event.seq >= seq || entry.delivery !== "sent") continue;
      entry.row.remove();
      // Its number stays known, so that it cannot come back.
      entry.event = { ...entry.event, text: null, photo: null, cards: [], buttons: [] };
    }
    this.entries = this.entries.filter((entry) => entry.row.isConnected);
    this.entries.forEach((entry, index) => this.nameIfNew(entry, this.entries[index - 1]));
    this.placeSeen();
  }

  remove(id: string): void {
    const entry = this.byId.get(id);
    if (!entry) return;
    entry.row.remove();
    this.byId.delete(id);
    this.entries = this.entries.filter((other) => other !== entry);
  }

  /** Shows a message of the customer before the server has it. */
  showPending(event: ChatEvent, state: DeliveryState): void {
    if (event.id && this.byId.has(event.id)) return;
    const entry = this.append(event, state);
    this.retireBefore(entry);
    this.anchor = null;
    this.toEnd();
  }

  acknowledge(id: string, seq: number): void {
    const entry = this.byId.get(id);
    if (!entry) return;
    entry.event = { ...entry.event, seq };
    if (seq) this.bySeq.set(seq, entry);
    this.setDelivery(id, "sent");
    this.placeSeen();
  }

  setDelivery(id: string, state: DeliveryState, onRetry?: () => void): void {
    const entry = this.byId.get(id);
    if (!entry || (entry.delivery === "sent" && state !== "failed")) return;
    Object.assign(entry, { delivery: state, onRetry });
    showDelivery(entry.slot, state, this.actions.words(), onRetry);
    this.follow();
  }

  /** After messages were missed and have come: what the server does not have yet belongs below them. */
  movePendingToEnd(): void {
    for (const entry of this.entries) if (entry.delivery !== "sent") entry.row.parentElement?.append(entry.row);
  }

  setTyping(typist: Typist | null): void {
    this.dots.show(typist);
    if (!typist) return;
    this.scroller.append(this.dots.element);
    this.follow();
  }

  /** The shop's people have read up to message `seq`. */
  setRead(seq: number): void {
    this.seen.readUpTo = seq;
    this.placeSeen();
    this.follow();
  }

  /** The newest message of a person that is in view (or above it); 0 if there is none. */
  personsInView(): number {
    const end = this.scroller.getBoundingClientRect().bottom - SEEN_FROM;
    const inView = this.entries.filter(({ event, slot }) => event.from === "agent" && slot.getBoundingClientRect().top < end);
    return inView.at(-1)?.event.seq ?? 0;
  }

  /** The rating of this hand-over was refused: it may be given again. */
  reopenRating(handoff: number): void {
    for (const { ask } of this.entries) if (ask instanceof Rating && ask.handoff === handoff) ask.reopen();
  }

  /** The language of the page changed: our own labels follow, what was said stays as it was said. */
  relabel(): void {
    const words = this.actions.words();
    this.scroller.setAttribute("aria-label", words.conversation);
    this.latest.replaceChildren(icon("down"), words.latest);
    this.latest.setAttribute("aria-label", words.toLatest);
    for (const entry of this.entries) {
      if (entry.delivery !== "sent") showDelivery(entry.slot, entry.delivery, words, entry.onRetry);
      entry.ask?.relabel(words);
    }
    this.dots.relabel();
    this.placeSeen();
  }

  clear(): void {
    for (const entry of this.entries) entry.row.remove();
    this.entries = [];
    this.byId.clear();
    this.bySeq.clear();
    this.seen.readUpTo = 0;
    this.setTyping(null);
  }

  toEnd(smooth = false): void {
    this.stuck = true;
    this.anchor = null;
    this.latest.hidden = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !prefersReducedMotion() ? "smooth" : "auto" });
  }

  /** To the end, but not past the beginning of the answer that has just come. */
  private follow(): void {
    if (this.stuck) this.scroller.scrollTop = this.target();
  }

  private target(): number {
    const end = this.scroller.scrollHeight - this.scroller.clientHeight;
    return this.anchor ? Math.min(end, this.anchor.offsetTop - this.scroller.offsetTop - ANCHOR_MARGIN) : end;
  }

  private append(event: ChatEvent, delivery: DeliveryState): Entry {
    const before = this.entries.at(-1);
    this.chat.addMessage({ role: event.from === "customer" ? "user" : event.from === "bot" ? "ai" : event.from, html: PLACEHOLDER });
    const slots = this.scroller.querySelectorAll<HTMLElement>(".slot");
    const slot = slots[slots.length - 1]!;
    const row = slot.closest<HTMLElement>(".outer-message-container")!;
    const entry: Entry = { slot, row, event, ask: makeAsk(event, this.actions), delivery };
    fillBubbles(slot, event, this.actions);
    if (entry.ask) slot.append(entry.ask.element);
    this.nameIfNew(entry, before);
    this.addDay(entry);
    this.entries.push(entry);
    if (this.entries.length > MOST_MESSAGES) this.entries.shift();
    if (event.id) this.byId.set(event.id, entry);
    if (event.seq) this.bySeq.set(event.seq, entry);
    if (delivery !== "sent") showDelivery(slot, delivery, this.actions.words());
    if (this.dots.shown) this.scroller.append(this.dots.element);
    this.placeSeen();
    const now = Date.now();
    if (event.from === "customer") this.anchor = null;
    // Each message of a person stands for itself.
    else if (event.from === "agent" || before?.event.from === "customer" || now - this.grown > ANSWER_WITHIN_MS) this.anchor = row;
    this.grown = now;
    this.follow();
    if (!this.stuck && event.from !== "customer") this.latest.hidden = false;
    return entry;
  }

  private addDay({ row, event }: Entry): void {
    const day = dayOf(event.at);
    const before = this.entries.at(-1);
    const today = dayOf(new Date().toISOString());
    if (!day || (before ? dayOf(before.event.at) === day : day === today)) return;
    const label = dayLabel(event.at, tagOf(this.language()), this.actions.words());
    row.prepend(make("p", { class: "day" }, label));
  }

  private retireBefore(entry: Entry): void {
    for (const other of this.entries) {
      if (other === entry) continue;
      retireReplies(other.slot);
      if (other.ask instanceof EmailForm) other.ask.retire();
    }
  }

  private nameIfNew({ slot, event }: Entry, before: Entry | undefined): void {
    if (event.from !== "agent") return;
    nameSpeaker(slot, before?.event.from !== "agent" || before.event.agent?.name !== event.agent?.name);
  }

  private placeSeen(): void {
    this.seen.place(this.entries, this.actions.words().seen);
  }

  private noteScroll(): void {
    const { scrollTop } = this.scroller;
    // Who reads on below the beginning of an answer is not pulled back to it.
    if (this.anchor && scrollTop > this.target() + READ_ON) {
      this.anchor = null;
      this.stuck = false;
    }
    // A picture or the line above the field moves the end away, too; only a person moves the view up.
    if (this.target() - scrollTop < STUCK_WITHIN) this.stuck = true;
    else if (scrollTop < this.lastTop) this.stuck = false;
    this.lastTop = scrollTop;
    if (this.stuck) this.latest.hidden = true;
    this.actions.onScroll();
  }
}
