/** What leads see beside the conversations: figures, people, canned replies. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import type { CannedStore } from "./cannedstore.ts";
import { CannedView } from "./cannedview.ts";
import { FiguresView } from "./figuresview.ts";
import { PeopleView } from "./peopleview.ts";

type Page = "figures" | "people" | "canned";

export class LeadView {
  readonly element: HTMLElement;
  private readonly holder = make("div", { class: "lead-page" });
  private readonly figures: FiguresView;
  private readonly people: PeopleView;
  private readonly canned: CannedView;
  private readonly buttons = new Map<Page, HTMLButtonElement>();
  private page: Page = "figures";

  constructor(app: App, store: CannedStore) {
    const words = app.words();
    this.figures = new FiguresView(app);
    this.people = new PeopleView(app);
    this.canned = new CannedView(app, store);
    const pages: [Page, string][] = [["figures", words.figures], ["people", words.people], ["canned", words.cannedReplies]];
    for (const [page, label] of pages) {
      const button = make("button", { type: "button", class: "view-tab" }, label);
      button.addEventListener("click", () => this.show(page));
      this.buttons.set(page, button);
    }
    this.element = make("main", { class: "lead", "aria-label": words.overview, tabindex: -1, hidden: true }, make("nav", { class: "view-tabs lead-tabs", "aria-label": words.overview }, ...this.buttons.values()), this.holder);
  }

  start(): void {
    this.element.hidden = false;
    this.show(this.page);
  }

  stop(): void {
    this.element.hidden = true;
    this.figures.stop();
  }

  private show(page: Page): void {
    this.page = page;
    for (const [name, button] of this.buttons) {
      if (name === page) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    this.figures.stop();
    const view = this[page];
    this.holder.replaceChildren(view.element);
    void view.start();
  }
}
