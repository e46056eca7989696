/** What an agent may choose for himself. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import { field, openDialog, select } from "./dialog.ts";
import type { Choices } from "./prefs.ts";

export function openSettings(app: App, onChange: () => void): void {
  const words = app.words();
  const { all } = app.prefs;
  const change = (choices: Partial<Choices>): void => {
    app.prefs.set(choices);
    onChange();
  };
  const box = (label: string, checked: boolean, set: (on: boolean) => void, ...more: Node[]): HTMLElement => {
    const input = make("input", { type: "checkbox", checked });
    input.addEventListener("change", () => set(input.checked));
    return make("div", { class: "setting" }, make("label", { class: "choice" }, input, make("span", {}, label)), ...more);
  };
  const language = select([["en", "English"], ["zh", "中文"]], all.language);
  language.addEventListener("change", () => {
    change({ language: language.value === "zh" ? "zh" : "en" });
    app.redraw();
    openSettings(app, onChange);
  });
  const theme = select(Object.entries(words.themes), all.theme);
  theme.addEventListener("change", () => change({ theme: theme.value as Choices["theme"] }));
  const density = select(Object.entries(words.densities), all.density);
  density.addEventListener("change", () => change({ density: density.value as Choices["density"] }));
  const test = make("button", { type: "button", class: "link" }, words.test);
  test.addEventListener("click", () => app.alerts.play("conversation"));
  const problem = make("p", { class: "problem", role: "alert" });
  const notifications = box(words.notifications, all.notifications, (on) => {
    problem.textContent = "";
    change({ notifications: on });
    if (!on) return;
    void app.alerts.allowNotifications().then((allowed) => {
      if (allowed) return;
      change({ notifications: false });
      notifications.querySelector("input")!.checked = false;
      problem.textContent = words.notificationsRefused;
    });
  });
  const out = make("button", { type: "button" }, words.signOut);
  out.addEventListener("click", () => app.signOut());
  openDialog({
    title: words.settings,
    words,
    body: [
      make("div", { class: "field-pair" }, field(words.language, language), field(words.theme, theme), field(words.density, density)),
      box(words.sound, all.sound, (on) => change({ sound: on }), test),
      notifications,
      problem,
      box(words.singleKeys, all.singleKeys, (on) => change({ singleKeys: on })),
      make("div", { class: "account" }, make("p", { dir: "auto" }, words.signedInAs(app.desk.me.name)), out),
    ],
  });
}
