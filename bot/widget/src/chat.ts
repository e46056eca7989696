/** The conversation: takes what the line brings to the thread, and what the customer does to the line. */
import { Announcer } from "./announcer.ts";
import { languageOfText } from "./language.ts";
import { Outbox } from "./outbox.ts";
import type { StoredPhoto } from "./photo.ts";
import type { ChatEvent, Language, Outgoing, ServerFrame } from "./protocol.ts";
import { SessionRefused, type Session } from "./session.ts";
import { Line, type LineState } from "./socket.ts";
import type { Store } from "./storage.ts";
import { GREETING, Thread } from "./thread.ts";
import type { Words } from "./words.ts";

export interface ChatOptions {
  holder: HTMLElement;
  announcer: Announcer;
  store: Store;
  session: Session;
  socketUrl: string;
  words: () => Words;
  language: () => Language;
  /** The customer plainly writes in another language than the page shows. */
  onLanguage: (language: Language) => void;
  onState: (state: LineState) => void;
  /** Whether the server said no to this page (a foreign site), instead of not answering. */
  onRefused: (refused: boolean) => void;
  onUnread: (count: number) => void;
  onStarted: () => void;
  onEnlarge: (picture: HTMLImageElement) => void;
  /** Shown as the first bubble of an empty conversation. */
  greeting: () => string;
}

/** The assistant says "typing" and then nothing more when its server dies: dots must not dance for ever. */
const TYPING_AT_MOST_MS = 45_000;
/** An acknowledgement takes milliseconds; only a slow one deserves a line under the message. */
const SENDING_SHOWN_AFTER_MS = 1_500;

export class Chat {
  readonly line: Line;
  private readonly outbox: Outbox;
  private thread!: Thread;
  private visible = false;
  private seen: number;
  private unread = 0;
  private conversation: string;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: ChatOptions) {
    const { store, session } = options;
    this.outbox = new Outbox(store);
    this.seen = store.get("seen", 0);
    this.conversation = "";
    this.line = new Line({
      url: options.socketUrl,
      token: async () => {
        try {
          return (await session.open()).token;
        } catch (error) {
          options.onRefused(error instanceof SessionRefused);
          throw error;
        }
      },
      expire: () => session.expire(),
      since: () => this.thread.lastSeq,
      outbox: this.outbox,
      onFrame: (frame) => this.receive(frame),
      onState: (state) => this.lineChanged(state),
    });
  }

  async start(): Promise<void> {
    const { holder, words, language, session, onEnlarge } = this.options;
    this.thread = await Thread.create(
      holder,
      {
        words,
        onEnlarge,
        // The server knows its own address; the token is added where it has left it out.
        photoUrl: (url) => {
          const full = new URL(url, location.href);
          if (full.origin === location.origin && !full.searchParams.has("token")) full.searchParams.set("token", session.token);
          return full.href;
        },
        onPress: (event, button, card) => this.press(event, button, card),
      },
      language,
    );
    this.line.start();
  }

  say(text: string, photo: StoredPhoto | null = null): void {
    const spoken = languageOfText(text);
    if (spoken && spoken !== this.options.language()) this.options.onLanguage(spoken);
    const message: Outgoing = { type: "say", id: newId(), text, photo: photo?.photo ?? null, language: this.options.language() };
    this.send(message, { text, photo: photo && { id: photo.photo, url: photo.url } });
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) this.markSeen();
  }

  relabel(): void {
    this.thread?.relabel();
    if (this.thread?.empty && this.conversation) this.greet();
  }

  private press(event: ChatEvent, button: number, card?: number): void {
    const chosen = card === undefined ? event.buttons[button] : event.cards[card]?.buttons[button];
    const place = card === undefined ? { button } : { card, button };
    this.send({ type: "press", id: newId(), reply: event.seq, ...place }, { text: chosen?.title ?? "" });
  }

  private send(message: Outgoing, shown: Partial<ChatEvent>): void {
    this.thread.showPending(makeOwn(message.id, shown), this.line.state === "open" ? "fresh" : "waiting");
    this.line.send(message);
    this.options.onStarted();
    setTimeout(() => this.outbox.has(message.id) && this.markUnsent(message.id), SENDING_SHOWN_AFTER_MS);
  }

  private markUnsent(id: string): void {
    this.thread.setDelivery(id, this.line.state === "open" ? "sending" : "waiting");
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.welcome(frame);
      case "event":
        return this.show(frame.event, true);
      case "ack":
        this.outbox.remove(frame.id);
        return this.thread.acknowledge(frame.id, frame.seq);
      case "typing":
        return this.setTyping(frame.on);
      case "done":
        return this.setTyping(false);
      case "erased":
        return this.thread.eraseBefore(frame.before);
      case "error":
        return this.fail(frame.id, frame.text);
    }
  }

  private welcome({ conversation, events }: ServerFrame & { type: "welcome" }): void {
    const known = this.conversation || this.options.store.get("conversation", "");
    if (known && conversation !== known) this.reset();
    this.conversation = conversation;
    this.options.store.set("conversation", conversation);
    const first = this.thread.empty;
    if (first && events.length) this.thread.clear();
    for (const event of events) this.show(event, !first);
    // What an earlier visit could not deliver is sent again by the line; show it, too.
    for (const message of this.outbox.all()) {
      if (message.type === "say") this.thread.showPending(makeOwn(message.id, { text: message.text }), "waiting");
    }
    this.thread.movePendingToEnd();
    if (this.thread.empty) this.greet();
    else this.options.onStarted();
    this.thread.toEnd();
  }

  private show(event: ChatEvent, live: boolean): void {
    if (event.id) this.outbox.remove(event.id);
    if (!this.thread.show(event)) return;
    if (event.from === "customer") return;
    if (live) this.options.announcer.announce(event, this.options.words());
    if (live) this.setTyping(false);
    if (this.visible) this.markSeen();
    else if (event.seq > this.seen) this.options.onUnread(++this.unread);
  }

  private greet(): void {
    this.thread.clear();
    const words = this.options.words();
    const greeting: ChatEvent = { ...makeOwn(GREETING, { text: this.options.greeting() }), from: "bot" };
    this.thread.showGreeting(greeting, words.starters, (text) => this.say(text));
  }

  private fail(id: string | null, text: string): void {
    this.setTyping(false);
    const message = id ? this.outbox.all().find((kept) => kept.id === id) : undefined;
    if (message) {
      // Refused before it was stored: the same words under a new id may do better.
      this.outbox.remove(message.id);
      this.thread.setDelivery(message.id, "failed", () => {
        this.thread.remove(message.id);
        const again = { ...message, id: newId() };
        this.send(again, { text: message.type === "say" ? message.text : "" });
      });
    }
    if (!text) return;
    this.thread.showNote({ ...makeOwn("", { text }), from: "system", id: null });
    this.options.announcer.announce({ ...makeOwn("", { text }), from: "system" }, this.options.words());
  }

  /** Another conversation than before (the old token had run out): nothing of the old one may be shown or sent in it. */
  private reset(): void {
    this.thread.clear();
    this.seen = 0;
    this.options.store.remove("seen");
  }

  private setTyping(on: boolean): void {
    clearTimeout(this.typingTimer);
    this.thread.setTyping(on);
    if (on) this.typingTimer = setTimeout(() => this.thread.setTyping(false), TYPING_AT_MOST_MS);
  }

  private lineChanged(state: LineState): void {
    if (state === "waiting") {
      this.setTyping(false);
      for (const { id } of this.outbox.all()) this.thread.setDelivery(id, "waiting");
    }
    this.options.onState(state);
  }

  private markSeen(): void {
    this.seen = Math.max(this.seen, this.thread?.lastSeq ?? 0);
    this.options.store.set("seen", this.seen);
    if (this.unread) this.options.onUnread((this.unread = 0));
  }
}

function newId(): string {
  // Plain http on a LAN address has no randomUUID.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function makeOwn(id: string, shown: Partial<ChatEvent>): ChatEvent {
  return {
    seq: 0,
    at: new Date().toISOString(),
    from: "customer",
    id,
    reply_to: null,
    text: null,
    photo: null,
    cards: [],
    buttons: [],
    picture: null,
    ...shown,
  };
}
