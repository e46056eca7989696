/** Above the messages: who it is, how it stands, and what one may do with it. */
import { make } from "../shared/dom.ts";
import { customerName, wordFor, type App } from "./app.ts";
import { isOpen } from "./desk.ts";
import { openEnding } from "./ending.ts";
import { openGiveBack } from "./giveback.ts";
import type { Handoff } from "./protocol.ts";
import { openTransfer } from "./transfer.ts";

export class TalkHead {
  readonly element = make("header", { class: "talk-head" });
  private readonly name = make("h2", { class: "talk-name", tabindex: -1, dir: "auto" });
  private readonly facts = make("p", { class: "talk-facts" });
  private readonly bar = make("p", { class: "talk-bar", role: "status" });
  private readonly buttons = make("div", { class: "talk-buttons", role: "group" });
  private drawn = "";

  constructor(private readonly app: App) {
    this.buttons.setAttribute("aria-label", app.words().actions);
    this.element.append(make("div", { class: "talk-who" }, this.name, this.facts), this.buttons, this.bar);
  }

  focus(): void {
    (this.buttons.querySelector<HTMLElement>(".primary") ?? this.name).focus();
  }

  draw(): void {
    const { app } = this;
    const { desk } = app;
    const words = app.words();
    const handoff = desk.current;
    this.element.hidden = !desk.open;
    if (!desk.open) return;
    this.name.textContent = customerName(handoff, desk.open, words);
    const facts = handoff
      ? [
          // How an open one stands is plain from the bar and the buttons.
          handoff.ended && words.state[handoff.state],
          wordFor(words.reason, handoff.reason),
          handoff.language && wordFor(words.languageName, handoff.language),
          wordFor(words.channel, handoff.channel),
        ]
      : [words.state.bot];
    this.facts.textContent = facts.filter(Boolean).join(" · ");
    const key = `${desk.open} ${handoff?.id} ${handoff?.state} ${handoff?.agent} ${handoff?.version}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const focused = this.buttons.contains(document.activeElement);
    this.bar.textContent = this.barText(handoff);
    this.bar.hidden = !this.bar.textContent;
    this.buttons.replaceChildren(...this.actionsFor(handoff));
    if (focused) this.focus();
  }

  // What an agent may do now; the shortcuts ask here too.

  get canClaim(): boolean {
    const handoff = this.app.desk.current;
    return !!handoff && (handoff.state === "queued" || (handoff.state === "assigned" && this.app.desk.isLead && !this.app.desk.isMine));
  }

  get canAccept(): boolean {
    return this.app.desk.isMine && this.app.desk.current?.state === "assigned";
  }

  get canTransfer(): boolean {
    const handoff = this.app.desk.current;
    return this.app.desk.isMine || (isOpen(handoff) && handoff.state !== "queued" && this.app.desk.isLead);
  }

  transfer(): void {
    const handoff = this.app.desk.current;
    if (handoff && this.canTransfer) openTransfer(this.app, handoff);
  }

  giveBack(): void {
    const handoff = this.app.desk.current;
    if (handoff?.state === "human" && this.app.desk.isMine) openGiveBack(this.app, handoff);
  }

  end(): void {
    const handoff = this.app.desk.current;
    if (handoff && this.app.desk.isMine) openEnding(this.app, handoff);
  }

  async accept(): Promise<void> {
    const handoff = this.app.desk.current;
    if (handoff && this.canAccept) await this.app.actions.accept(handoff);
  }

  async release(): Promise<void> {
    const handoff = this.app.desk.current;
    if (handoff && this.canAccept) await this.app.actions.release(handoff);
  }

  private barText(handoff: Handoff | null): string {
    const words = this.app.words();
    if (!isOpen(handoff)) return words.botBar;
    if (handoff.state === "queued") return words.queuedBar;
    if (this.app.desk.isMine) return handoff.state === "assigned" ? words.assignedBar : "";
    return words.otherBar(this.app.desk.nameOf(handoff.agent) ?? words.sayAgent);
  }

  private actionsFor(handoff: Handoff | null): HTMLButtonElement[] {
    const { app } = this;
    const words = app.words();
    const button = (label: string, run: () => unknown, primary = false): HTMLButtonElement => {
      const element = make("button", { type: "button", class: primary ? "primary" : "" }, label);
      element.addEventListener("click", () => {
        // A second click on the way would only be refused.
        if (element.getAttribute("aria-busy") === "true") return;
        element.setAttribute("aria-busy", "true");
        void Promise.resolve(run()).finally(() => element.removeAttribute("aria-busy"));
      });
      return element;
    };
    if (!isOpen(handoff)) return [button(words.stepIn, () => app.actions.stepIn(app.desk.open!), true)];
    const found: HTMLButtonElement[] = [];
    if (this.canClaim) found.push(button(words.claim, () => app.actions.claim(handoff), true));
    if (this.canAccept) {
      found.push(button(words.accept, () => this.accept(), true));
      found.push(button(words.release, () => this.release()));
    }
    if (this.canTransfer) found.push(button(words.transfer, () => this.transfer()));
    if (app.desk.isMine && handoff.state === "human") found.push(button(words.giveBack, () => this.giveBack()));
    if (app.desk.isMine) found.push(button(words.end, () => this.end()));
    return found;
  }
}
