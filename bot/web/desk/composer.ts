/** Where the agent writes: a reply that the customer gets, or a note that only colleagues see. */
import { make } from "../shared/dom.ts";
import { icon, type IconName } from "../shared/icons.ts";
import { customerName, type App } from "./app.ts";
import type { CannedStore } from "./cannedstore.ts";
import { openPicker } from "./picker.ts";
import { SlashList } from "./slash.ts";
import { SuggestionPanel } from "./suggestion.ts";
import { Tray } from "./tray.ts";
import { Typing } from "./typing.ts";

type Mode = "reply" | "note";
const HIGHEST_PX = 240;

export class Composer {
  readonly element: HTMLFormElement;
  private readonly field = make("textarea", { rows: 1, dir: "auto", autocomplete: "off", enterkeyhint: "send" });
  private readonly replyTab = make("button", { type: "button", class: "mode" });
  private readonly noteTab = make("button", { type: "button", class: "mode" });
  private readonly sendButton = make("button", { type: "submit", class: "primary send" });
  private readonly problem = make("p", { class: "problem", role: "status" });
  private readonly tools: HTMLButtonElement[];
  private readonly picker = make("input", { type: "file", accept: "image/*", hidden: true, tabindex: -1 });
  private readonly tray: Tray;
  private readonly slash: SlashList;
  private readonly suggestion: SuggestionPanel;
  private readonly typing: Typing;
  private conversation: string | null = null;
  private mode: Mode = "reply";
  /** Whether the conversation was the agent's own when it was last looked at. */
  private mine = false;
  private sending = false;

  constructor(
    private readonly app: App,
    canned: CannedStore,
  ) {
    const words = app.words();
    // Room to write too much and shorten it; but a field with a line of a megabyte would stop the page for half a minute.
    this.field.maxLength = 2 * app.desk.settings.max_text;
    this.tray = new Tray(app, () => this.update());
    this.slash = new SlashList(app, this.field, canned, () => this.changed());
    this.suggestion = new SuggestionPanel(app, (text) => this.insert(text), () => this.focus());
    this.typing = new Typing((conversation, on) => app.line.tell({ type: "typing", conversation, on }));
    this.replyTab.append(words.reply);
    this.noteTab.append(icon("lock"), words.note);
    this.replyTab.addEventListener("click", () => this.focus("reply"));
    this.noteTab.addEventListener("click", () => this.focus("note"));
    this.tools = [
      this.tool("photo", words.addPhoto, () => this.picker.click()),
      this.tool("product", words.product, () => this.openPicker()),
      this.tool("spark", words.suggest, () => this.suggest()),
    ];
    const modes = make("div", { class: "modes", role: "group", "aria-label": words.composer }, this.replyTab, this.noteTab);
    const bar = make("div", { class: "composer-bar" }, modes, make("span", { class: "keys-hint" }, words.keys), ...this.tools, this.sendButton);
    this.element = make("form", { class: "composer" }, this.suggestion.element, this.slash.element, this.tray.element, this.problem, this.field, bar, this.picker);
    this.element.setAttribute("aria-label", words.composer);
    this.listen();
  }

  /** Another conversation, or what may be done with it has changed. */
  open(conversation: string | null): void {
    if (conversation !== this.conversation) {
      this.typing.stop();
      this.conversation = conversation;
      this.tray.clear();
      this.suggestion.close();
      this.slash.close();
      this.problem.textContent = "";
      this.setMode("reply");
    }
    const mine = this.app.desk.isMine;
    if (!mine && this.mode === "reply") this.setMode("note");
    // Only when it has just become his: a note that he is about to write must not turn into a reply under his hands.
    if (mine && !this.mine && this.mode === "note" && !this.field.value) this.setMode("reply");
    this.mine = mine;
    this.element.hidden = !conversation || !this.app.desk.current;
    this.update();
  }

  get writing(): boolean {
    return document.activeElement === this.field;
  }

  focus(mode?: Mode): void {
    if (this.element.hidden) return;
    if (mode) this.setMode(mode);
    this.field.focus({ preventScroll: true });
  }

  switchMode(): void {
    this.focus(this.mode === "reply" ? "note" : "reply");
  }

  openPicker(): void {
    if (this.app.desk.isMine && this.conversation) openPicker(this.app, this.conversation);
  }

  suggest(): void {
    if (this.app.desk.isMine && this.conversation) void this.suggestion.ask(this.conversation);
  }

  takeFiles(files: Iterable<File>): void {
    const [file] = files;
    if (!file || !this.conversation || !this.app.desk.isMine) return;
    this.setMode("reply");
    this.tray.take(file, this.conversation);
    this.focus();
  }

  // --- inside -------------------------------------------------------------------------------------------------------

  private tool(name: IconName, label: string, run: () => void): HTMLButtonElement {
    const button = make("button", { type: "button", class: "quiet icon-button", "aria-label": label, title: label }, icon(name));
    button.addEventListener("click", run);
    return button;
  }

  private listen(): void {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.field.addEventListener("keydown", (event) => {
      // While an input method composes (pinyin, say), Enter chooses a word and must not send; 229 is Safari's way to say so.
      if (event.isComposing || event.keyCode === 229) return;
      if (this.slash.onKey(event)) return;
      if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
      event.preventDefault();
      void this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("blur", () => this.slash.close());
    this.field.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
      if (!files.length) return;
      event.preventDefault();
      this.takeFiles(files);
    });
    this.picker.addEventListener("change", () => {
      this.takeFiles(this.picker.files ?? []);
      this.picker.value = "";
    });
  }

  private changed(): void {
    this.problem.textContent = "";
    this.app.tab.set(this.draftKey, this.field.value);
    if (this.mode === "reply" && this.conversation && this.app.desk.isMine) this.typing.touched(this.conversation, this.field.value !== "");
    this.slash.update(this.mode === "reply");
    this.update();
  }

  private get draftKey(): string {
    return `draft:${this.mode}:${this.conversation}`;
  }

  private setMode(mode: Mode): void {
    const { app } = this;
    const words = app.words();
    if (mode === "reply" && !app.desk.isMine && app.desk.current) mode = "note";
    this.mode = mode;
    this.element.classList.toggle("for-note", mode === "note");
    this.replyTab.setAttribute("aria-pressed", String(mode === "reply"));
    this.noteTab.setAttribute("aria-pressed", String(mode === "note"));
    this.field.placeholder = mode === "note" ? words.noteHint : words.replyHint;
    this.field.setAttribute("aria-label", mode === "note" ? words.yourNote : `${words.yourReply}: ${this.name}`);
    this.sendButton.textContent = mode === "note" ? words.saveNote : words.send;
    this.field.value = app.tab.get(this.draftKey, "");
    this.slash.close();
    this.update();
  }

  private get name(): string {
    return this.conversation ? customerName(this.app.desk.current, this.conversation, this.app.words()) : "";
  }

  private insert(text: string): void {
    this.setMode("reply");
    const before = this.field.value.trim();
    this.field.value = before ? `${before} ${text}` : text;
    this.focus();
    this.changed();
  }

  private async submit(): Promise<void> {
    const { app, conversation } = this;
    const words = app.words();
    const text = this.field.value.trim();
    const most = app.desk.settings.max_text;
    if (this.sending || !conversation || (!text && !this.tray.filled)) return;
    if (text.length > most) {
      this.problem.textContent = words.tooLong(most.toLocaleString("en"));
      return;
    }
    this.problem.textContent = "";
    if (this.mode === "note") return this.saveNote(text);
    if (!app.desk.isMine) return;
    if (this.tray.filled) {
      this.setSending(true);
      const photo = await this.tray.settled();
      this.setSending(false);
      // Failed, or the agent went elsewhere: the words stay in the field.
      if (!photo || conversation !== this.conversation) return;
      app.actions.send(conversation, { photo });
      this.tray.clear();
    }
    if (text) app.actions.send(conversation, { text });
    this.empty();
  }

  private async saveNote(text: string): Promise<void> {
    const handoff = this.app.desk.current;
    if (!handoff || !text) return;
    const key = this.draftKey;
    this.setSending(true);
    const saved = await this.app.actions.note(handoff, text);
    this.setSending(false);
    if (!saved) return;
    this.app.tab.remove(key);
    if (key !== this.draftKey) return;
    this.empty();
    if (this.app.desk.isMine) this.focus("reply");
  }

  private empty(): void {
    this.field.value = "";
    this.app.tab.remove(this.draftKey);
    this.typing.stop();
    this.suggestion.close();
    this.update();
    this.field.focus({ preventScroll: true });
  }

  private setSending(sending: boolean): void {
    this.sending = sending;
    this.update();
  }

  private update(): void {
    const mine = this.app.desk.isMine;
    this.sendButton.disabled = this.sending || (!this.field.value.trim() && !(this.tray.filled && this.mode === "reply"));
    this.replyTab.disabled = !mine;
    this.noteTab.disabled = !this.app.desk.current;
    for (const tool of this.tools) tool.hidden = !mine || this.mode === "note";
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, HIGHEST_PX)}px`;
  }
}

