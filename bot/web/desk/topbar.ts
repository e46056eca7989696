/** The line above the columns: views, presence, load, help and settings. */
import { make } from "../shared/dom.ts";
import { icon, type IconName } from "../shared/icons.ts";
import type { App } from "./app.ts";
import { select } from "./dialog.ts";
import { openHelp } from "./help.ts";
import type { Status } from "./protocol.ts";
import { openSettings } from "./settings.ts";

export type View = "desk" | "figures";

export class TopBar {
  readonly element: HTMLElement;
  readonly listsButton: HTMLButtonElement;
  readonly contextButton: HTMLButtonElement;
  private readonly presence: HTMLSelectElement;
  private readonly load = make("span", { class: "load" });
  private readonly meter = make("span", { class: "load-meter", "aria-hidden": "true" });
  private readonly tabs = new Map<View, HTMLButtonElement>();

  constructor(
    private readonly app: App,
    onView: (view: View) => void,
    onPrefs: () => void,
  ) {
    const words = app.words();
    this.listsButton = this.iconButton("lists", words.showLists, () => undefined);
    this.contextButton = this.iconButton("context", words.showContext, () => undefined);
    this.listsButton.classList.add("drawer-button", "for-lists");
    this.contextButton.classList.add("drawer-button", "for-context");
    const views: [View, string][] = app.desk.isLead ? [["desk", words.conversations], ["figures", words.overview]] : [];
    for (const [view, label] of views) {
      const tab = make("button", { type: "button", class: "view-tab" }, label);
      tab.addEventListener("click", () => onView(view));
      this.tabs.set(view, tab);
    }
    const statuses: Status[] = ["online", "away"];
    this.presence = select(statuses.map((status) => [status, words.status[status]] as const), "online");
    this.presence.className = "presence";
    this.presence.setAttribute("aria-label", words.presence);
    this.presence.addEventListener("change", () => void app.actions.presence(this.presence.value === "away" ? "away" : "online"));
    this.element = make(
      "header",
      { class: "top" },
      this.listsButton,
      make("h1", { class: "brand" }, words.title),
      views.length ? make("nav", { class: "view-tabs", "aria-label": words.views }, ...this.tabs.values()) : null,
      make("span", { class: "top-space" }),
      make("span", { class: "load-frame" }, make("span", { class: "load-label" }, words.load), this.meter, this.load),
      make("span", { class: "presence-frame" }, make("span", { class: "dot", "aria-hidden": "true" }), this.presence),
      this.iconButton("help", words.help, () => openHelp(app)),
      this.iconButton("settings", words.settings, () => openSettings(app, onPrefs)),
      this.contextButton,
    );
    app.desk.on("people", () => this.draw());
    app.desk.on("lists", () => this.draw());
    this.draw();
  }

  setView(view: View): void {
    for (const [name, tab] of this.tabs) {
      if (name === view) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  }

  private draw(): void {
    const { desk } = this.app;
    const words = this.app.words();
    const status = desk.status === "online" ? "online" : "away";
    if (this.presence.value !== status) this.presence.value = status;
    this.element.dataset.status = status;
    const load = desk.mine.length;
    const most = Math.max(1, desk.me.max_load);
    const text = words.loadOf(load, most);
    if (this.load.dataset.text === text) return;
    this.load.dataset.text = text;
    this.load.replaceChildren(make("span", { "aria-hidden": "true" }, text), make("span", { class: "unseen" }, words.loadSaid(load, most)));
    this.meter.replaceChildren(...Array.from({ length: Math.min(most, 20) }, (_, index) => make("i", { class: index < load ? "full" : "" })));
    this.meter.classList.toggle("over", load >= most);
  }

  private iconButton(name: IconName, label: string, run: () => void): HTMLButtonElement {
    const button = make("button", { type: "button", class: "quiet icon-button", "aria-label": label, title: label }, icon(name));
    button.addEventListener("click", run);
    return button;
  }
}
