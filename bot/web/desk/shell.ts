/** The desk's page: the line above, three columns (or two drawers), the lead's view; and the keyboard. */
import { make } from "../shared/dom.ts";
import type { LineState } from "../shared/reconnecting.ts";
import { customerName, type App } from "./app.ts";
import type { CannedStore } from "./cannedstore.ts";
import { Drawer } from "./drawers.ts";
import { openHelp } from "./help.ts";
import { LeadView } from "./leadview.ts";
import { Lists } from "./lists.ts";
import { PacketView } from "./packet.ts";
import { commandOf, isTyping, type Command } from "./shortcuts.ts";
import { TalkView } from "./talkview.ts";
import { TopBar, type View } from "./topbar.ts";

/** Shorter breaks are not worth a word. */
const BANNER_AFTER_MS = 1_200;

export class Shell {
  readonly element: HTMLElement[];
  private readonly lists: Lists;
  private readonly talk: TalkView;
  private readonly packet: PacketView;
  private readonly top: TopBar;
  private readonly lead: LeadView;
  private readonly columns: HTMLElement;
  private readonly banner = make("p", { class: "banner", role: "status" });
  private readonly listsDrawer: Drawer;
  private readonly contextDrawer: Drawer;
  private bannerTimer: ReturnType<typeof setTimeout> | undefined;
  view: View = "desk";

  constructor(
    private readonly app: App,
    canned: CannedStore,
    onPrefs: () => void,
    private readonly onView: () => void,
  ) {
    const words = app.words();
    this.top = new TopBar(app, (view) => this.setView(view), onPrefs);
    this.lists = new Lists(app);
    this.talk = new TalkView(app, canned, () => this.listsDrawer.show());
    this.packet = new PacketView(app);
    this.lead = new LeadView(app, canned);
    this.columns = make("div", { class: "columns" }, this.lists.element, this.talk.element, this.packet.element);
    const skip = make("a", { class: "skip", href: "#conversation" }, words.skip);
    skip.addEventListener("click", (event) => {
      event.preventDefault();
      (this.view === "desk" ? this.talk.element : this.lead.element).focus();
    });
    this.element = [skip, this.top.element, this.banner, this.columns, this.lead.element];
    this.listsDrawer = new Drawer(this.lists.element, this.top.listsButton, "(max-width: 859px)", app.life);
    this.contextDrawer = new Drawer(this.packet.element, this.top.contextButton, "(max-width: 1179px)", app.life);
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: app.life });
    app.desk.on("open", () => this.setTitle());
    app.desk.on("lists", () => this.setTitle());
    app.life.addEventListener("abort", () => this.stop());
    this.setView("desk");
  }

  private stop(): void {
    clearTimeout(this.bannerTimer);
    this.lists.stop();
    this.lead.stop();
  }

  setView(view: View): void {
    if (view === "figures" && !this.app.desk.isLead) return;
    this.view = view;
    this.top.setView(view);
    this.columns.hidden = view !== "desk";
    if (view === "figures") this.lead.start();
    else this.lead.stop();
    this.setTitle();
    this.onView();
  }

  /** After a conversation was chosen. */
  shown(focus: "composer" | "row" | undefined): void {
    if (this.view !== "desk") this.setView("desk");
    if (focus === "row") {
      this.lists.focusRow();
      return;
    }
    this.listsDrawer.leave();
    if (focus === "composer") {
      if (this.app.desk.isMine && this.app.desk.current?.state === "human") this.talk.composer.focus("reply");
      else this.talk.head.focus();
    }
  }

  showLine(state: LineState): void {
    document.documentElement.dataset.line = state;
    const words = this.app.words();
    if (state === "open") {
      clearTimeout(this.bannerTimer);
      this.bannerTimer = undefined;
      if (this.banner.textContent) this.app.say(words.reconnected);
      this.banner.textContent = "";
      return;
    }
    this.bannerTimer ??= setTimeout(() => (this.banner.textContent = navigator.onLine ? words.reconnecting : words.offlineNow), BANNER_AFTER_MS);
  }

  /** The line stays down for a reason that the agent should know. */
  showTrouble(sentence: string): void {
    clearTimeout(this.bannerTimer);
    this.banner.textContent = sentence;
  }

  private setTitle(): void {
    const { desk } = this.app;
    const words = this.app.words();
    const unread = desk.mine.reduce((sum, handoff) => sum + handoff.unread, 0) + desk.waiting.length;
    const name = this.view === "figures" ? words.overview : desk.open ? customerName(desk.current, desk.open, words) : "";
    const title = `${unread ? `(${unread}) ` : ""}${name ? `${name} – ` : ""}${words.title}`;
    if (document.title !== title) document.title = title;
  }

  // --- the keyboard -------------------------------------------------------------------------------------------------

  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && !event.isComposing) return this.leave(event);
    // Who has just claimed may be writing already: those letters are no commands.
    const letters = this.app.prefs.all.singleKeys && !this.app.desk.claiming.size;
    const command = commandOf(event, isTyping(event.target), letters);
    if (!command) return;
    event.preventDefault();
    this.run(command);
  }

  private leave(event: KeyboardEvent): void {
    if (this.view !== "desk") return;
    const at = document.activeElement;
    if (at === document.body || this.talk.element.contains(at) || this.packet.element.contains(at)) {
      event.preventDefault();
      if (this.listsDrawer.isDrawer) this.talk.head.focus();
      else this.lists.focusRow();
    }
  }

  private run(command: Command): void {
    const { app, talk, lists } = this;
    if (this.view !== "desk" && !["help", "figures", "presence"].includes(command)) this.setView("desk");
    const go = (conversation: string | undefined): void => {
      if (conversation) app.show(conversation, talk.composer.writing ? "composer" : "row");
    };
    const commands: Record<Command, () => unknown> = {
      help: () => openHelp(app),
      search: () => {
        this.listsDrawer.show();
        lists.search.focus();
      },
      next: () => go(lists.neighbour(1)?.handoff.conversation),
      previous: () => go(lists.neighbour(-1)?.handoff.conversation),
      nextUnread: () => go(lists.nextUnread()?.handoff.conversation),
      claim: () => app.actions.claimNext(),
      accept: () => talk.head.accept(),
      release: () => talk.head.release(),
      reply: () => talk.composer.focus("reply"),
      note: () => talk.composer.focus("note"),
      noteSwitch: () => talk.composer.switchMode(),
      product: () => talk.composer.openPicker(),
      suggest: () => talk.composer.suggest(),
      transfer: () => talk.head.transfer(),
      giveBack: () => talk.head.giveBack(),
      end: () => talk.head.end(),
      context: () => this.showContext(() => this.packet.focus()),
      tags: () => this.showContext(() => this.packet.focusTags()),
      presence: () => app.actions.presence(app.desk.status === "online" ? "away" : "online"),
      figures: () => this.setView(this.view === "desk" ? "figures" : "desk"),
    };
    void commands[command]();
  }

  private showContext(focus: () => void): void {
    if (!this.app.desk.open) return;
    this.contextDrawer.show();
    focus();
  }
}
