/** The list of canned replies above the field while a "/word" is typed; the focus stays in the field. */
import { make } from "../shared/dom.ts";
import { customerName, type App } from "./app.ts";
import { fillIn, insertAt, matching, slashAt } from "./canned.ts";
import type { CannedStore } from "./cannedstore.ts";
import type { Canned } from "./protocol.ts";
import { oneLine } from "./texts.ts";

export class SlashList {
  readonly element = make("ul", { class: "options slash", id: "canned-options", role: "listbox", hidden: true });
  private found: Canned[] = [];
  private active = 0;
  private start = 0;
  /** Left with Escape: stays away until the word is another one. */
  private left: number | null = null;

  constructor(
    private readonly app: App,
    private readonly field: HTMLTextAreaElement,
    private readonly store: CannedStore,
    private readonly onInsert: () => void,
  ) {
    this.element.setAttribute("aria-label", app.words().cannedReplies);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.element.id);
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
    this.element.addEventListener("click", (event) => {
      const index = [...this.element.children].findIndex((item) => item.contains(event.target as Node));
      if (index >= 0) this.choose(index);
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  /** The text or the caret has changed. */
  update(enabled: boolean): void {
    const { field, app } = this;
    const slash = enabled && field.selectionStart === field.selectionEnd ? slashAt(field.value, field.selectionStart) : null;
    if (!slash) this.left = null;
    if (!slash || slash.start === this.left || !this.store.all.length) return this.close();
    const handoff = app.desk.current;
    const found = matching(this.store.all, slash.query, handoff?.language ?? null, handoff?.group ?? null);
    this.start = slash.start;
    if (!found.length) {
      if (this.open) app.announce(app.words().cannedFound(0));
      return this.close();
    }
    const same = this.open && found.length === this.found.length && found.every((one, index) => one === this.found[index]);
    if (same) return;
    this.found = found;
    this.element.replaceChildren(...found.map((one, index) => this.option(one, index)));
    this.element.hidden = false;
    this.setActive(0);
    app.announce(app.words().cannedFound(found.length));
  }

  /** True if the key was for the list. */
  onKey(event: KeyboardEvent): boolean {
    if (!this.open || event.altKey || event.ctrlKey || event.metaKey) return false;
    const count = this.found.length;
    if (event.key === "ArrowDown") this.setActive((this.active + 1) % count);
    else if (event.key === "ArrowUp") this.setActive((this.active - 1 + count) % count);
    else if (event.key === "Enter" || event.key === "Tab") {
      if (event.shiftKey) return false;
      this.choose(this.active);
    } else if (event.key === "Escape") {
      this.left = this.start;
      this.close();
      event.stopPropagation();
    } else return false;
    event.preventDefault();
    return true;
  }

  close(): void {
    this.element.hidden = true;
    this.found = [];
    this.field.removeAttribute("aria-activedescendant");
  }

  private option(one: Canned, index: number): HTMLElement {
    return make(
      "li",
      { class: "option", id: `canned-${index}`, role: "option", "aria-selected": "false" },
      make("span", { class: "option-key" }, `/${one.shortcut}`),
      make("span", { class: "option-title", dir: "auto" }, one.title),
      make("span", { class: "option-text", dir: "auto" }, oneLine(one.filled, 110)),
    );
  }

  private setActive(index: number): void {
    this.element.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const item = this.element.children[index];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `canned-${index}`);
  }

  private choose(index: number): void {
    const { app, field } = this;
    const one = this.found[index];
    if (!one) return;
    const handoff = app.desk.current;
    const reply = fillIn(one.filled, {
      customer: handoff?.customer ? customerName(handoff, handoff.conversation, app.words()) : null,
      agent: app.desk.me.name,
      order: (handoff && app.desk.talk(handoff.conversation).packet?.order?.id) ?? null,
      customer_language: handoff?.language ? (new Intl.DisplayNames(one.language, { type: "language" }).of(handoff.language) ?? null) : null,
    });
    const { text, caret } = insertAt(field.value, this.start, field.selectionStart, reply);
    field.value = text;
    field.setSelectionRange(caret, caret);
    this.close();
    this.onInsert();
  }
}
