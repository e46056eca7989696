/** The "?" dialog. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import { openDialog } from "./dialog.ts";
import { COMPOSER_KEYS, LIST_KEYS, SINGLE, WITH_ALT } from "./shortcuts.ts";

export function openHelp(app: App): void {
  const words = app.words();
  const part = (title: string, rows: readonly (readonly [string, string])[]): HTMLElement =>
    make(
      "section",
      { class: "help-part" },
      make("h3", {}, title),
      make("dl", { class: "help-keys" }, ...rows.map(([keys, means]) => make("div", {}, make("dt", {}, ...keys.split(" ").map((key) => make("kbd", {}, key.length === 1 ? key.toUpperCase() : key))), make("dd", {}, means)))),
    );
  const single = app.prefs.all.singleKeys ? SINGLE.map(([key, command]) => [key, words.key[command]] as const) : [];
  const body = make(
    "div",
    { class: "help", tabindex: 0, role: "group", "aria-label": words.help },
    single.length ? part(words.helpOutside, single) : null,
    make(
      "div",
      {},
      part(words.helpAlways, WITH_ALT.map(([, shown, command]) => [shown, words.key[command]] as const)),
      part(words.helpComposer, COMPOSER_KEYS.map(([keys, key]) => [keys, words.key[key]] as const)),
      part(words.helpList, LIST_KEYS.map(([keys, key]) => [keys, words.key[key]] as const)),
    ),
  );
  openDialog({ title: words.help, words, body: [body], size: "wide" });
  body.focus();
}
