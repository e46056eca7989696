/** The left column: search, who waits, my conversations, and for a lead those of the colleagues. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import type { Row } from "./row.ts";
import { Rows } from "./rows.ts";
import { SearchBox } from "./searchbox.ts";

const TICK_MS = 1_000;

export class Lists {
  readonly element: HTMLElement;
  readonly search: SearchBox;
  private readonly mine: Rows;
  private readonly waiting: Rows;
  private readonly others: Rows;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly app: App) {
    const words = app.words();
    this.mine = new Rows(app, words.mine, words.noneMine);
    this.waiting = new Rows(app, words.waiting, words.noneWaiting, true);
    this.others = new Rows(app, words.others, words.nothing);
    const lists = make("div", { class: "lists-scroll" }, this.mine.element, this.waiting.element, app.desk.isLead ? this.others.element : null);
    this.search = new SearchBox(app, (searching) => (lists.hidden = searching));
    this.element = make("nav", { class: "lists", id: "lists", "aria-label": words.conversations }, this.search.element, this.search.results, lists);
    app.desk.on("lists", () => this.draw());
    app.desk.on("open", () => this.draw());
    this.timer = setInterval(() => document.visibilityState === "visible" && this.tick(), TICK_MS);
    this.draw();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** All lines, from top to bottom. */
  get all(): Row[] {
    return [...this.mine.all, ...this.waiting.all, ...this.others.all];
  }

  focusRow(conversation: string | null = this.app.desk.open): void {
    const { all } = this;
    this.search.leave();
    (all.find((row) => row.handoff.conversation === conversation) ?? all[0])?.button.focus();
  }

  /** The line `step` further than the open one; round at the ends. */
  neighbour(step: 1 | -1): Row | undefined {
    const { all } = this;
    const at = all.findIndex((row) => row.handoff.conversation === this.app.desk.open);
    if (at < 0) return step > 0 ? all[0] : all.at(-1);
    return all[(at + step + all.length) % all.length];
  }

  nextUnread(): Row | undefined {
    const { all } = this;
    const at = all.findIndex((row) => row.handoff.conversation === this.app.desk.open);
    return [...all.slice(at + 1), ...all.slice(0, at + 1)].find((row) => row.handoff.unread > 0 && row.handoff.agent === this.app.desk.me.id);
  }

  private draw(): void {
    const { desk } = this.app;
    this.mine.draw(desk.mine);
    this.waiting.draw(desk.waiting);
    if (desk.isLead) this.others.draw(desk.others);
  }

  private tick(): void {
    this.mine.tick();
    this.waiting.tick();
    this.others.tick();
  }
}
