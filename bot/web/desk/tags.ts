/** Tags as chips with a field to add one; used in the context and in the closing dialog. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { oneLine } from "./texts.ts";
import type { Words } from "./words.ts";

const LONGEST = 40;
let count = 0;

export class Tags {
  readonly element = make("div", { class: "tags" });
  private readonly list = make("ul", { class: "chips" });
  private readonly field = make("input", { class: "tag-field", autocomplete: "off", maxlength: LONGEST, dir: "auto" });
  tags: string[] = [];

  constructor(
    private readonly words: Words,
    offered: readonly string[],
    private readonly onChange: (tags: string[]) => void,
  ) {
    const id = `tags-${(count += 1)}`;
    this.list.setAttribute("aria-label", words.tags);
    this.field.setAttribute("aria-label", words.addTag);
    this.field.placeholder = words.addTag;
    this.field.setAttribute("list", id);
    this.element.append(this.list, this.field, make("datalist", { id }, ...offered.map((value) => make("option", { value }))));
    this.field.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== ",")) return;
      event.preventDefault();
      this.add();
    });
    this.field.addEventListener("change", () => this.add());
    this.show([]);
  }

  focus(): void {
    this.field.focus();
  }

  show(tags: string[]): void {
    this.tags = tags;
    this.list.hidden = !tags.length;
    this.list.replaceChildren(...tags.map((tag) => this.chip(tag)));
  }

  private add(): void {
    const tag = oneLine(this.field.value, LONGEST).replace(/,/g, "");
    this.field.value = "";
    if (!tag || this.tags.includes(tag)) return;
    this.set([...this.tags, tag]);
  }

  private chip(tag: string): HTMLElement {
    const remove = make("button", { type: "button", class: "chip-remove", "aria-label": this.words.removeTag(tag) }, icon("close"));
    remove.addEventListener("click", () => {
      this.set(this.tags.filter((one) => one !== tag));
      this.field.focus();
    });
    return make("li", { class: "chip" }, make("span", { dir: "auto" }, oneLine(tag, LONGEST)), remove);
  }

  private set(tags: string[]): void {
    this.show(tags);
    this.onChange(tags);
  }
}
