/** Search over conversations, above the lists; what is found takes their place until the field is cleared. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { customerName, type App } from "./app.ts";
import type { Found } from "./protocol.ts";
import { readFound } from "./reader.ts";
import { oneLine } from "./texts.ts";
import { dayAndClock } from "./time.ts";

const PAUSE_MS = 250;

export class SearchBox {
  readonly element: HTMLElement;
  readonly results = make("div", { class: "found", hidden: true });
  private readonly field = make("input", { type: "search", autocomplete: "off", spellcheck: "false", enterkeyhint: "search", dir: "auto" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | null = null;

  constructor(
    private readonly app: App,
    private readonly onShow: (searching: boolean) => void,
  ) {
    const words = app.words();
    this.field.setAttribute("aria-label", words.search);
    this.field.placeholder = words.search;
    this.element = make("div", { class: "search", role: "search" }, icon("search"), this.field);
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.run(), PAUSE_MS);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape" && this.field.value) {
        event.preventDefault();
        event.stopPropagation();
        this.clear();
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        this.results.querySelector("button")?.focus();
      } else if (event.key === "Enter") void this.run();
    });
    this.results.addEventListener("keydown", (event) => this.walk(event));
  }

  focus(): void {
    this.field.focus();
    this.field.select();
  }

  /** The lists are needed: what was found makes room. */
  leave(): void {
    if (this.field.value) this.clear();
  }

  clear(): void {
    this.field.value = "";
    void this.run();
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    this.asked?.abort();
    const { app } = this;
    const words = app.words();
    const text = this.field.value.trim();
    this.results.hidden = !text;
    this.onShow(Boolean(text));
    if (!text) return this.results.replaceChildren();
    const asked = (this.asked = new AbortController());
    if (!this.results.childElementCount) this.results.append(make("p", { class: "empty" }, words.searching));
    try {
      const found = readFound(await app.api.get("search", { q: text.slice(0, 200) }, asked.signal));
      this.draw(found);
    } catch {
      if (!asked.signal.aborted) this.results.replaceChildren(make("p", { class: "empty", role: "status" }, words.failed));
    }
  }

  private draw(found: Found[]): void {
    const words = this.app.words();
    const list = make("ul", { class: "rows", "aria-label": words.found(found.length) }, ...found.map((one) => this.row(one)));
    this.results.replaceChildren(make("p", { class: "empty", role: "status" }, words.found(found.length)), list);
  }

  private row({ conversation, handoff, at, snippet }: Found): HTMLElement {
    const { app } = this;
    const words = app.words();
    const button = make(
      "button",
      { type: "button", class: "row-button" },
      make(
        "span",
        { class: "row-top" },
        make("span", { class: "row-name", dir: "auto" }, customerName(handoff, conversation, words)),
        make("span", { class: "row-time" }, dayAndClock(at, app.language(), words)),
      ),
      make("span", { class: "row-middle" }, make("span", { class: "row-text", dir: "auto" }, oneLine(snippet))),
      make("span", { class: "row-facts" }, handoff ? [words.state[handoff.state], app.desk.nameOf(handoff.agent)].filter(Boolean).join(" · ") : words.state.bot!),
    );
    button.addEventListener("click", () => {
      if (handoff) app.desk.put(handoff);
      app.show(conversation, "composer");
    });
    return make("li", { class: "row" }, button);
  }

  private walk(event: KeyboardEvent): void {
    const buttons = [...this.results.querySelectorAll("button")];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    if (event.key === "Escape") {
      event.stopPropagation();
      this.field.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      (buttons[at + (event.key === "ArrowDown" ? 1 : -1)] ?? this.field).focus();
    }
  }
}
