/**
 * What the page knows: hand-overs, colleagues, conversations. Views look here and are told what has changed, at most once
 * a frame; nothing in here touches the page.
 */
import type { Colleague, DeskSettings, Agent, Frame, Handoff, Message, Status } from "./protocol.ts";
import { Talk } from "./talk.ts";
import { setServerTime } from "./time.ts";

export type Topic =
  /** The lists of hand-overs. */
  | "lists"
  /** Colleagues, presence, load. */
  | "people"
  /** Another conversation is open, or the state of the open one's hand-over. */
  | "open"
  /** Messages of the open conversation; or the customer writes; or read marks. */
  | "messages"
  /** Packet, notes, history of the open conversation. */
  | "packet";

/** A conversation that was not looked at for long is asked for again. */
const MOST_TALKS = 40;
const OPEN = new Set(["queued", "assigned", "human"]);
export const isOpen = (handoff: Handoff | null | undefined): handoff is Handoff => !!handoff && OPEN.has(handoff.state);

export class Desk {
  readonly handoffs = new Map<number, Handoff>();
  readonly colleagues = new Map<number, Colleague>();
  status: Status = "online";
  /** The conversation that is shown. */
  open: string | null = null;
  /** Hand-overs that this page is claiming right now. */
  readonly claiming = new Set<number>();
  /** Since when a customer waits for an answer, by conversation. */
  readonly unanswered = new Map<string, string>();
  private readonly talks = new Map<string, Talk>();
  /** The newest hand-over of a conversation, also one that has ended. */
  private readonly known = new Map<string, Handoff>();
  private readonly listeners = new Map<Topic, Set<() => void>>();
  private readonly changed = new Set<Topic>();
  private scheduled = false;

  constructor(
    public me: Agent,
    public settings: DeskSettings,
    private readonly schedule: (run: () => void) => void = (run) => void requestAnimationFrame(run),
  ) {}

  on(topic: Topic, listener: () => void): void {
    const all = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, all.add(listener));
  }

  /** The views are drawn anew. */
  forgetListeners(): void {
    this.listeners.clear();
  }

  touch(...topics: Topic[]): void {
    for (const topic of topics) this.changed.add(topic);
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => this.flush());
  }

  /** Tells the views now, without waiting for the next frame. */
  flush(): void {
    this.scheduled = false;
    const now = new Set([...this.changed].flatMap((topic) => [...(this.listeners.get(topic) ?? [])]));
    this.changed.clear();
    for (const listener of now) listener();
  }

  // --- what is there ------------------------------------------------------------------------------------------------

  get isLead(): boolean {
    return this.me.role !== "agent";
  }

  get waiting(): Handoff[] {
    return this.select((handoff) => handoff.state === "queued").sort(
      (one, other) => other.priority - one.priority || Date.parse(one.queued ?? one.asked) - Date.parse(other.queued ?? other.asked),
    );
  }

  /** In an order that stays: a line that jumps away under the hand is worse than one out of turn. */
  get mine(): Handoff[] {
    return this.select((handoff) => handoff.agent === this.me.id && handoff.state !== "queued").sort((one, other) => one.id - other.id);
  }

  get others(): Handoff[] {
    return this.select((handoff) => handoff.state !== "queued" && handoff.agent !== this.me.id).sort((one, other) => one.id - other.id);
  }

  private select(which: (handoff: Handoff) => boolean): Handoff[] {
    return [...this.handoffs.values()].filter(which);
  }

  handoffOf(conversation: string | null): Handoff | null {
    return (conversation && this.known.get(conversation)) || null;
  }

  get current(): Handoff | null {
    return this.handoffOf(this.open);
  }

  /** Whether the agent may write: the conversation is his. */
  get isMine(): boolean {
    const handoff = this.current;
    return isOpen(handoff) && handoff.state !== "queued" && handoff.agent === this.me.id;
  }

  talk(conversation: string): Talk {
    let talk = this.talks.get(conversation);
    if (!talk) {
      talk = new Talk(conversation);
      if (this.talks.size >= MOST_TALKS) this.forgetOne();
    }
    // Kept in the order of last use.
    this.talks.delete(conversation);
    this.talks.set(conversation, talk);
    return talk;
  }

  private forgetOne(): void {
    for (const id of this.talks.keys()) {
      if (id === this.open) continue;
      this.talks.delete(id);
      return;
    }
  }

  // --- what happens -------------------------------------------------------------------------------------------------

  /** A newer state of a hand-over; an older one than known is left out. True if anything changed. */
  put(handoff: Handoff): boolean {
    const before = this.known.get(handoff.conversation);
    if (before && (handoff.id < before.id || (handoff.id === before.id && handoff.version < before.version))) return false;
    // A line may have been written before the newest message was.
    if (before && (before.last?.seq ?? 0) > (handoff.last?.seq ?? 0)) handoff = { ...handoff, last: before.last, unread: before.unread };
    this.known.set(handoff.conversation, handoff);
    if (before && before.id !== handoff.id) this.handoffs.delete(before.id);
    // Another hand-over has another packet; another state has another history.
    const talk = this.talks.get(handoff.conversation);
    if (talk && (before?.id !== handoff.id || before.version !== handoff.version)) talk.stale = true;
    if (OPEN.has(handoff.state)) this.handoffs.set(handoff.id, handoff);
    else this.handoffs.delete(handoff.id);
    if (handoff.last?.from === "customer") {
      if (!this.unanswered.has(handoff.conversation)) this.unanswered.set(handoff.conversation, handoff.last.at);
    } else this.unanswered.delete(handoff.conversation);
    this.touch("lists");
    if (handoff.conversation === this.open) this.touch("open", "packet");
    return true;
  }

  /** Everything anew, after the line is back. */
  welcome(frame: Extract<Frame, { type: "welcome" }>): void {
    setServerTime(frame.now);
    const there = [...frame.queue, ...frame.mine];
    const ids = new Set(there.map((handoff) => handoff.id));
    for (const id of [...this.handoffs.keys()]) if (!ids.has(id)) this.handoffs.delete(id);
    for (const handoff of there) {
      // As it is now, whatever was known: numbers of messages may have begun anew (erased).
      this.known.delete(handoff.conversation);
      this.put(handoff);
    }
    this.colleagues.clear();
    for (const colleague of frame.agents) this.colleagues.set(colleague.id, colleague);
    const me = this.colleagues.get(this.me.id);
    if (me) this.me = { ...this.me, name: me.name, role: me.role, groups: me.groups, languages: me.languages, max_load: me.max_load };
    this.status = frame.status;
    for (const talk of this.talks.values()) Object.assign(talk, { stale: true, writing: false });
    this.touch("lists", "people", "open", "messages");
  }

  remove(ids: number[]): void {
    for (const id of ids) this.handoffs.delete(id);
    this.touch("lists");
  }

  /** A message as it happens; what `Talk.take` says of it. */
  message(conversation: string, message: Message): "new" | "known" | "gap" | "elsewhere" {
    const handoff = this.handoffOf(conversation);
    if (handoff && message.from !== "system" && message.seq > (handoff.last?.seq ?? 0)) {
      const unread = message.from === "customer" ? handoff.unread + 1 : handoff.unread;
      const last = { seq: message.seq, at: message.at, from: message.from, name: message.agent?.name ?? null, text: message.text?.slice(0, 200) ?? message.cards[0]?.title ?? null, photo: message.photo !== null };
      this.put({ ...handoff, last, unread });
    }
    const talk = this.talks.get(conversation);
    if (!talk) return "elsewhere";
    if (message.from === "customer") talk.writing = false;
    const taken = talk.take(message);
    talk.trim();
    if (conversation === this.open) this.touch("messages");
    return taken;
  }

  typing(conversation: string, on: boolean): void {
    const talk = this.talk(conversation);
    if (talk.writing === on) return;
    talk.writing = on;
    this.touch("lists");
    if (conversation === this.open) this.touch("messages");
  }

  isWriting(conversation: string): boolean {
    return this.talks.get(conversation)?.writing ?? false;
  }

  read(conversation: string, who: "customer" | "agent", seq: number): void {
    const talk = this.talks.get(conversation);
    if (talk) talk.reads[who] = Math.max(talk.reads[who], seq);
    const handoff = this.handoffOf(conversation);
    if (who === "agent" && handoff?.unread && seq >= (handoff.last?.seq ?? 0)) this.put({ ...handoff, unread: 0 });
    if (conversation === this.open) this.touch("messages");
  }

  /** The agent has seen all that is there. The seq to tell the server, or 0. */
  seen(conversation: string): number {
    const talk = this.talks.get(conversation);
    const seq = talk?.lastOfCustomer ?? 0;
    const handoff = this.handoffOf(conversation);
    if (!talk || seq <= talk.reads.agent) {
      if (handoff?.unread && seq) this.put({ ...handoff, unread: 0 });
      return 0;
    }
    talk.reads.agent = seq;
    if (handoff?.unread) this.put({ ...handoff, unread: 0 });
    return seq;
  }

  person(id: number, change: Partial<Colleague>): void {
    const colleague = this.colleagues.get(id);
    if (colleague) this.colleagues.set(id, { ...colleague, ...change });
    if (id === this.me.id) {
      if (change.status) this.status = change.status;
      if (change.max_load) this.me = { ...this.me, max_load: change.max_load };
    }
    this.touch("people");
  }

  erased(conversation: string, before: number): void {
    const talk = this.talks.get(conversation);
    talk?.erase(before);
    const handoff = this.handoffOf(conversation);
    if (handoff?.last && handoff.last.seq < before) {
      this.known.delete(conversation);
      this.put({ ...handoff, last: null, unread: 0 });
    }
    if (conversation === this.open) this.touch("messages", "packet");
  }

  nameOf(agent: number | null): string | null {
    return agent === null ? null : agent === this.me.id ? this.me.name : (this.colleagues.get(agent)?.name ?? null);
  }
}
