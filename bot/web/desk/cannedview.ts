/** The shop's canned replies: for leads, to write and change them. */
import { make } from "../shared/dom.ts";
import { ApiError } from "./api.ts";
import { labelOf, wordFor, type App } from "./app.ts";
import type { CannedStore } from "./cannedstore.ts";
import { field, openForm, select } from "./dialog.ts";
import type { Canned } from "./protocol.ts";
import { oneLine } from "./texts.ts";

export class CannedView {
  readonly element = make("div", { class: "canned" });
  private readonly table = make("table", {});

  constructor(
    private readonly app: App,
    private readonly store: CannedStore,
  ) {
    const words = app.words();
    const add = make("button", { type: "button", class: "primary" }, words.newCanned);
    add.addEventListener("click", () => this.edit(null));
    this.element.append(
      make("div", { class: "figures-head" }, make("h2", {}, words.cannedReplies), make("span", { class: "top-space" }), add),
      make("div", { class: "table-frame", tabindex: 0, role: "group", "aria-label": words.cannedReplies }, this.table),
    );
  }

  async start(): Promise<void> {
    this.draw();
    await this.store.load();
    this.draw();
  }

  private draw(): void {
    const { app } = this;
    const words = app.words();
    const rows = [...this.store.all]
      .sort((one, other) => one.shortcut.localeCompare(other.shortcut) || one.language.localeCompare(other.language))
      .map((one) => {
        const edit = make("button", { type: "button", class: "link", "aria-label": `${words.edit}: /${one.shortcut} (${one.language})` }, words.edit);
        edit.addEventListener("click", () => this.edit(one));
        const remove = make("button", { type: "button", class: "link", "aria-label": `${words.remove}: /${one.shortcut} (${one.language})` }, words.remove);
        remove.addEventListener("click", () => this.remove(one));
        return make(
          "tr",
          {},
          make("th", { scope: "row" }, `/${one.shortcut}`),
          make("td", {}, wordFor(words.languageName, one.language)),
          make("td", { dir: "auto" }, oneLine(one.title, 80)),
          make("td", { dir: "auto" }, oneLine(one.text, 120)),
          make("td", {}, one.group ? labelOf(app.desk.settings.groups, one.group, app.language()) : words.everyGroup),
          make("td", { class: "row-actions" }, edit, " ", remove),
        );
      });
    const head = [words.shortcut, words.language, words.cannedTitle, words.cannedText, words.groups, ""];
    this.table.replaceChildren(make("thead", {}, make("tr", {}, ...head.map((name) => (name ? make("th", { scope: "col" }, name) : make("td", {}))))), make("tbody", {}, ...rows));
  }

  private edit(one: Canned | null): void {
    const { app } = this;
    const words = app.words();
    const shortcut = make("input", { autocomplete: "off", autocapitalize: "none", maxlength: 30 });
    shortcut.value = one?.shortcut ?? "";
    const language = select([["en", "English"], ["zh", "中文"]], one?.language ?? app.language());
    const title = make("input", { autocomplete: "off", maxlength: 100, dir: "auto" });
    title.value = one?.title ?? "";
    const text = make("textarea", { rows: 5, dir: "auto", maxlength: app.desk.settings.max_text });
    text.value = one?.text ?? "";
    const group = select([["", words.everyGroup], ...app.desk.settings.groups.map((group) => [group.id, group[app.language()]] as const)], one?.group ?? "");
    openForm({
      title: one ? words.editCanned(one.shortcut) : words.newCanned,
      words,
      fields: [
        make("div", { class: "field-pair" }, field(words.shortcut, shortcut), field(words.language, language), field(words.cannedTitle, title), field(words.groups, group)),
        field(words.cannedText, text, words.cannedHint),
      ],
      submit: words.save,
      onSubmit: async () => {
        const canned = {
          shortcut: shortcut.value.trim().replace(/^\//, ""),
          language: language.value === "zh" ? ("zh" as const) : ("en" as const),
          title: title.value.trim(),
          text: text.value.trim(),
          group: group.value || null,
        };
        return this.attempt(() => this.store.save(one?.id ?? null, canned));
      },
    });
  }

  private remove(one: Canned): void {
    const words = this.app.words();
    openForm({
      title: words.removeSure(`/${one.shortcut}`),
      words,
      fields: [make("p", { dir: "auto" }, oneLine(one.text, 300))],
      submit: words.remove,
      onSubmit: () => this.attempt(() => this.store.remove(one.id)),
    });
  }

  private async attempt(run: () => Promise<void>): Promise<boolean> {
    const words = this.app.words();
    try {
      await run();
    } catch (error) {
      this.app.say((error instanceof ApiError && error.sentence) || words.failed, "problem");
      return false;
    }
    this.app.say(words.saved);
    this.draw();
    return true;
  }
}
