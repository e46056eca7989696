/** A list of conversations: one stop for the Tab key, arrow keys inside; lines are kept and moved, never drawn anew. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import type { Handoff } from "./protocol.ts";
import { Row } from "./row.ts";

let count = 0;

export class Rows {
  readonly element: HTMLElement;
  private readonly list = make("ul", { class: "rows" });
  private readonly number = make("span", { class: "count" });
  private readonly empty: HTMLElement;
  private readonly rows = new Map<number, Row>();
  private order: number[] = [];

  constructor(
    private readonly app: App,
    title: string,
    nothing: string,
    private readonly claimable = false,
  ) {
    const id = `list-${(count += 1)}`;
    this.empty = make("p", { class: "empty" }, nothing);
    this.list.setAttribute("aria-labelledby", id);
    this.element = make("section", { class: "list" }, make("h2", { id }, title, " ", this.number), this.empty, this.list);
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("focusin", (event) => this.onFocus(event));
  }

  get all(): Row[] {
    return this.order.map((id) => this.rows.get(id)!);
  }

  rowOf(conversation: string): Row | undefined {
    return this.all.find((row) => row.handoff.conversation === conversation);
  }

  draw(handoffs: Handoff[]): void {
    const order = handoffs.map((handoff) => handoff.id);
    const there = new Set(order);
    let lost = -1;
    for (const [id, row] of this.rows) {
      if (there.has(id)) continue;
      if (row.element.contains(document.activeElement)) lost = this.order.indexOf(id);
      row.element.remove();
      this.rows.delete(id);
    }
    handoffs.forEach((handoff, index) => {
      let row = this.rows.get(handoff.id);
      if (row) row.update(handoff);
      else this.rows.set(handoff.id, (row = new Row(this.app, handoff, this.claimable)));
      if (this.list.children[index] !== row.element) this.list.insertBefore(row.element, this.list.children[index] ?? null);
    });
    this.order = order;
    const number = String(order.length);
    if (this.number.textContent !== number) this.number.textContent = number;
    this.empty.hidden = order.length > 0;
    this.setStop();
    // The line with the focus went away: the one in its place has it now, so that the keyboard does not fall off.
    if (lost >= 0) (this.all[Math.min(lost, order.length - 1)] ?? null)?.button.focus();
  }

  tick(): void {
    for (const row of this.rows.values()) row.tick();
  }

  /** The Tab key stops at one line: the open one, else the first. */
  private setStop(stop?: Row): void {
    const { all } = this;
    const at = stop ?? all.find((row) => row.element.contains(document.activeElement)) ?? all.find((row) => row.handoff.conversation === this.app.desk.open) ?? all[0];
    for (const row of all) {
      const tabindex = row === at ? 0 : -1;
      for (const button of row.element.querySelectorAll<HTMLButtonElement>(":scope > button")) if (button.tabIndex !== tabindex) button.tabIndex = tabindex;
    }
  }

  private onFocus(event: FocusEvent): void {
    const row = this.all.find((one) => one.element.contains(event.target as Node));
    if (row) this.setStop(row);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { all } = this;
    const at = all.findIndex((row) => row.element.contains(event.target as Node));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.button.focus();
  }
}
