/** The middle column: the open conversation. */
import { make } from "../shared/dom.ts";
import { ApiError } from "./api.ts";
import type { App } from "./app.ts";
import type { CannedStore } from "./cannedstore.ts";
import { Composer } from "./composer.ts";
import { Log } from "./log.ts";
import { readConversation } from "./reader.ts";
import { TalkHead } from "./talkhead.ts";

const READ_PAUSE_MS = 150;

export class TalkView {
  readonly element: HTMLElement;
  readonly head: TalkHead;
  readonly composer: Composer;
  readonly log: Log;
  private readonly hint: HTMLElement;
  private readonly dropZone: HTMLElement;
  private shown: string | null = null;
  private readTimer: ReturnType<typeof setTimeout> | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly app: App,
    canned: CannedStore,
    /** Where the lists are a drawer: to open it. */
    onLists: () => void,
  ) {
    const words = app.words();
    this.head = new TalkHead(app);
    this.composer = new Composer(app, canned);
    this.log = new Log(app, () => this.markRead());
    const lists = make("button", { type: "button", class: "primary" }, words.showLists);
    lists.addEventListener("click", onLists);
    this.hint = make("div", { class: "talk-hint" }, make("h2", {}, words.choose), make("p", {}, words.chooseHint), lists);
    this.dropZone = make("div", { class: "drop", hidden: true }, words.dropPhoto);
    this.element = make("main", { class: "talk", id: "conversation", "aria-label": words.conversation, tabindex: -1 }, this.hint, this.head.element, this.log.element, this.composer.element, this.dropZone);
    app.desk.on("open", () => this.draw());
    app.desk.on("messages", () => {
      this.log.update();
      this.markRead();
    });
    const { life: signal } = app;
    document.addEventListener("visibilitychange", () => this.markRead(), { signal });
    window.addEventListener("focus", () => this.markRead(), { signal });
    this.acceptDrops();
    this.draw();
  }

  /** The open conversation or the state of its hand-over is another one. */
  draw(): void {
    const { desk } = this.app;
    const other = desk.open !== this.shown;
    const talk = desk.open ? desk.talk(desk.open) : null;
    this.hint.hidden = desk.open !== null;
    this.log.element.hidden = desk.open === null;
    this.head.draw();
    if (other) {
      this.shown = desk.open;
      // What is known is shown at once; what happened while nobody looked (notes, the cart) is asked for.
      if (talk) talk.stale = true;
      this.log.open(talk);
      if (desk.open) this.app.line.tell({ type: "watch", conversation: desk.open });
    }
    this.composer.open(desk.open);
    if (talk?.stale) void this.load(talk.id);
    else this.markRead();
  }

  /** Asks for the newest of the conversation; again when it fails, as long as it is open. */
  async load(id: string): Promise<void> {
    const { desk, api } = this.app;
    const talk = desk.talk(id);
    if (talk.loading) return;
    talk.ask();
    clearTimeout(this.retryTimer);
    try {
      const body = readConversation(id, await api.get(`conversations/${encodeURIComponent(id)}`));
      const { stale } = talk;
      if (body.handoff) desk.put(body.handoff);
      // What the answer itself brings is no news.
      talk.stale = stale;
      talk.load(body);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 403 || error.status === 404)) {
        // Not there, or another group's: asking again would not help.
        this.app.say(error.sentence ?? this.app.words().notYours, "problem");
        if (desk.open === id) this.app.show(null);
        return;
      }
      if (desk.open === id && !talk.loaded) this.app.say(this.app.words().failed, "problem");
      talk.stale = true;
      this.retryTimer = setTimeout(() => desk.open === id && void this.load(id), 4_000);
      return;
    } finally {
      talk.loading = false;
    }
    if (desk.open === id) desk.touch("messages", "packet", "open");
  }

  /** Tells the customer's side that the agent has read: only what was in view of a person who is there. */
  private markRead(): void {
    this.readTimer ??= setTimeout(() => {
      this.readTimer = undefined;
      const { desk, line } = this.app;
      const conversation = desk.open;
      if (!conversation || !desk.isMine || !this.log.atEnd || document.visibilityState !== "visible" || !document.hasFocus()) return;
      const seq = desk.seen(conversation);
      if (seq) line.tell({ type: "read", conversation, seq });
    }, READ_PAUSE_MS);
  }

  private acceptDrops(): void {
    const files = (event: DragEvent): boolean => [...(event.dataTransfer?.types ?? [])].includes("Files");
    let depth = 0;
    this.element.addEventListener("dragenter", (event) => {
      if (!files(event) || !this.app.desk.isMine) return;
      depth += 1;
      this.dropZone.hidden = false;
    });
    this.element.addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      this.dropZone.hidden = depth === 0;
    });
    this.element.addEventListener("dragover", (event) => files(event) && event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      depth = 0;
      this.dropZone.hidden = true;
      if (!files(event)) return;
      // Without this the browser would leave the desk and open the file.
      event.preventDefault();
      this.composer.takeFiles(event.dataTransfer?.files ?? []);
    });
  }
}
