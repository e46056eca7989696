/** The conversation: takes what the line brings to the thread, and what the customer does to the line. */
import { newId } from "../shared/ids.ts";
import { languageOfText, type Language } from "../shared/language.ts";
import type { LineState } from "../shared/reconnecting.ts";
import type { Store } from "../shared/storage.ts";
import { Announcer } from "./announcer.ts";
import { Line } from "./line.ts";
import { Outbox } from "./outbox.ts";
import { makeOwn } from "./own.ts";
import type { ChatEvent, Handoff, Press, Say, ServerFrame } from "./protocol.ts";
import { Rated } from "./rated.ts";
import { SessionRefused, type Session } from "./session.ts";
import { ReadSignal, TypingSignal } from "./signals.ts";
import { GREETING, Thread } from "./thread.ts";
import { Typists } from "./typists.ts";
import type { StoredPhoto } from "./upload.ts";
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
  /** Who has the conversation may have changed. */
  onHandoff: (handoff: Handoff) => void;
  /** A person has written, and the customer is not looking. */
  onCalled: () => void;
  /** What had the focus is gone. */
  onFocusLost: () => void;
  /** Whether the customer looks at the page (the chat may still be closed). */
  present: () => boolean;
  /** Shown as the first bubble of an empty conversation. */
  greeting: () => string;
}

/** An acknowledgement takes milliseconds; only a slow one deserves a line under the message. */
const SENDING_SHOWN_AFTER_MS = 1_500;

export class Chat {
  readonly line: Line;
  private readonly outbox: Outbox;
  private readonly rated: Rated;
  private readonly typists = new Typists((typist) => this.thread.setTyping(typist));
  private readonly typingSignal = new TypingSignal((on) => this.line.signal({ type: "typing", on }));
  private readonly readSignal = new ReadSignal((seq) => this.line.signal({ type: "read", seq }));
  /** The customer wanted the assistant back while the line was down. */
  private cancelling = false;
  private thread!: Thread;
  private visible = false;
  private seen: number;
  private unread = 0;
  private conversation: string;

  constructor(private readonly options: ChatOptions) {
    const { store, session } = options;
    this.outbox = new Outbox(store);
    this.rated = new Rated(store);
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
        onEmail: (address) => {
          this.sayAs(address, null);
          this.options.onFocusLost();
        },
        onRate: (handoff, stars, comment) => this.rate(handoff, stars, comment),
        starsOf: (handoff) => this.rated.stars(handoff),
        onScroll: () => this.noteRead(),
      },
      language,
    );
    this.line.start();
  }

  say(text: string, photo: StoredPhoto | null = null): void {
    const spoken = languageOfText(text);
    if (spoken && spoken !== this.options.language()) this.options.onLanguage(spoken);
    this.sayAs(text, photo);
  }

  /** The field now holds this text. */
  typed(text: string): void {
    this.typingSignal.typed(text);
  }

  /** The customer would rather have the assistant back than wait. */
  cancelHandoff(): void {
    this.cancelling = !this.line.signal({ type: "cancel_handoff" });
  }

  /** Tells the desk what has been read by now: what is in view of a customer who looks. */
  noteRead(): void {
    if (this.thread && this.visible && this.options.present()) this.readSignal.note(this.thread.personsInView());
  }

  /** In the language of the page, whatever the text looks like. */
  private sayAs(text: string, photo: StoredPhoto | null): void {
    this.typingSignal.stop();
    const message: Say = { type: "say", id: newId(), text, photo: photo?.photo ?? null, language: this.options.language() };
    this.send(message, { text, photo: photo && { id: photo.photo, url: photo.url } });
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) this.markSeen();
    this.noteRead();
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

  private rate(handoff: number, stars: number, comment: string): void {
    this.rated.remember(handoff, stars);
    this.line.send({ type: "rate", id: newId(), handoff, stars, ...(comment ? { comment } : {}) });
    this.options.announcer.say(this.options.words().rated);
    this.options.onFocusLost();
  }

  private send(message: Say | Press, shown: Partial<ChatEvent>): void {
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
        return frame.on ? this.typists.start(frame.who, frame.name) : this.typists.stop(frame.who);
      case "handoff":
        return this.takeHandoff(frame.handoff);
      case "read":
        return this.thread.setRead(frame.seq);
      case "done":
        return this.typists.stop("bot");
      case "erased":
        return this.thread.eraseBefore(frame.before);
      case "error":
        return this.fail(frame.id, frame.text);
    }
  }

  private takeHandoff(handoff: Handoff): void {
    const mayCancel = handoff.state === "queued" || handoff.state === "assigned";
    if (mayCancel && this.cancelling) this.cancelHandoff();
    else this.cancelling = false;
    this.typingSignal.enable(handoff.state === "human");
    this.typists.stop(handoff.state === "bot" ? "agent" : "bot");
    this.options.onHandoff(handoff);
  }

  private welcome({ conversation, events, handoff, read }: ServerFrame & { type: "welcome" }): void {
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
    this.thread.setRead(read);
    this.thread.toEnd();
    this.takeHandoff(handoff);
    this.noteRead();
  }

  private show(event: ChatEvent, live: boolean): void {
    if (event.id) this.outbox.remove(event.id);
    if (!this.thread.show(event)) return;
    if (event.from === "customer") return;
    if (live) this.options.announcer.announce(event, this.options.words());
    if (live) this.typists.stop(event.from === "agent" ? "agent" : "bot");
    this.noteRead();
    if (live && event.from === "agent" && !(this.visible && this.options.present())) this.options.onCalled();
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
    this.typists.stop("bot");
    const message = id ? this.outbox.all().find((kept) => kept.id === id) : undefined;
    if (message?.type === "rate") {
      this.outbox.remove(message.id);
      this.rated.forget(message.handoff);
      this.thread.reopenRating(message.handoff);
    } else if (message) {
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
    this.readSignal.reset();
  }

  private lineChanged(state: LineState): void {
    if (state === "waiting") {
      this.typists.stop();
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
