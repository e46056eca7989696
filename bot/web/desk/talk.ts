/** One conversation as the page knows it: its messages without gaps or doubles, and what belongs to them. */
import type { Change, Conversation, Earlier, Message, Note, Packet } from "./protocol.ts";

/** More than this in memory is given back to the server; scrolling up asks for it again. */
const MOST = 2_000;

export class Talk {
  messages: Message[] = [];
  /** There are earlier messages on the server. */
  more = false;
  reads = { customer: 0, agent: 0 };
  packet: Packet | null = null;
  notes: Note[] = [];
  history: Earlier[] = [];
  audit: Change[] = [];
  /** The customer is writing. */
  writing = false;
  loaded = false;
  /** The server is being asked for the newest. */
  loading = false;
  /** The line was down since, or something is missing: to be asked for again. */
  stale = true;
  /** Events that came while the server was being asked. */
  private early: Message[] = [];
  /** The newest message and the newest note that were known when the server was asked. */
  private asked: { seq: number; note: number } | null = null;

  constructor(readonly id: string) {}

  get last(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  get first(): number {
    return this.messages[0]?.seq ?? 0;
  }

  /** The newest message of the customer, to be marked as read. */
  get lastOfCustomer(): number {
    for (let at = this.messages.length - 1; at >= 0; at -= 1) if (this.messages[at]!.from === "customer") return this.messages[at]!.seq;
    return 0;
  }

  /** The server is asked for the newest; what changes until `load` makes that answer stale again. */
  ask(): void {
    Object.assign(this, { loading: true, stale: false });
    this.early = [];
    this.asked = { seq: this.last, note: this.notes.at(-1)?.id ?? 0 };
  }

  /**
   * A message as it happens. "gap": some before it are missing, and the newest must be asked for (which brings this one too).
   * While that answer is under way, what happens is kept and joined to it.
   */
  take(message: Message): "new" | "known" | "gap" {
    const last = this.last;
    if (this.loaded && message.seq <= last) return "known";
    // The answer may have been written before this was said.
    if (this.loading) this.early.push(message);
    if (this.loaded && (message.seq === last + 1 || last === 0)) {
      this.messages.push(message);
      return "new";
    }
    if (!this.loading) this.stale = true;
    return "gap";
  }

  /** What the server knows of the conversation now. True if messages have come or gone. */
  load(body: Conversation): boolean {
    const before = this.messages;
    const asked = this.asked ?? { seq: this.last, note: Infinity };
    this.packet = body.packet;
    const late = this.notes.filter(({ id }) => id > asked.note && body.notes.every((note) => note.id !== id));
    this.notes = [...body.notes, ...late];
    this.history = body.history;
    this.audit = body.audit;
    const newest = body.messages.at(-1)?.seq ?? 0;
    const anew = newest < asked.seq; // erased meanwhile, and counted from 1 again
    const reads = anew ? { customer: 0, agent: 0 } : this.reads;
    this.reads = { customer: Math.max(reads.customer, body.reads.customer), agent: Math.max(reads.agent, body.reads.agent) };
    const first = body.messages[0]?.seq ?? 0;
    // Earlier ones stay only if the answer joins them; and not if the server has none before its first (erased).
    const joins = body.more && !anew && first <= this.last + 1;
    const kept = joins ? this.messages.filter((message) => message.seq < first) : [];
    const merged = [...kept, ...body.messages];
    for (const message of this.early.sort((one, other) => one.seq - other.seq)) {
      if (message.seq > (merged.at(-1)?.seq ?? 0)) merged.push(message);
    }
    this.early = [];
    this.asked = null;
    if (kept.length === 0) this.more = body.more;
    this.messages = merged;
    this.loaded = true;
    return before.length !== merged.length || before[0]?.seq !== merged[0]?.seq || before.at(-1)?.seq !== merged.at(-1)?.seq;
  }

  /** Earlier ones, asked for by scrolling up. */
  prepend(messages: Message[], more: boolean): number {
    const first = this.first;
    const earlier = messages.filter((message) => message.seq < first);
    this.messages = [...earlier, ...this.messages];
    this.more = more && earlier.length > 0;
    return earlier.length;
  }

  /** The customer had what was said before message `before` deleted. */
  erase(before: number): void {
    this.messages = this.messages.filter((message) => message.seq >= before);
    this.early = this.early.filter((message) => message.seq >= before);
    this.more = false;
    if (this.asked) this.asked.seq = this.last;
    // The server may count from 1 again.
    if (!this.messages.length) this.reads = { customer: 0, agent: 0 };
  }

  /** Forgets the oldest of a very long conversation. */
  trim(): void {
    if (this.messages.length <= MOST) return;
    this.messages = this.messages.slice(-MOST / 2);
    this.more = true;
  }

  addNote(note: Note): boolean {
    if (this.notes.some((known) => known.id === note.id)) return false;
    this.notes = [...this.notes, note];
    return true;
  }
}
