/** The dots at the end of the conversation while somebody writes; with the name when it is a person. */
import { make } from "../shared/dom.ts";
import type { Typist } from "./typists.ts";
import type { Words } from "./words.ts";

export class Dots {
  readonly element: HTMLElement;
  private readonly label = make("span", { class: "typing-name" });
  private typist: Typist | null = null;

  constructor(private readonly words: () => Words) {
    this.element = make("div", { class: "typing", hidden: true }, make("i"), make("i"), make("i"), this.label);
  }

  get shown(): boolean {
    return this.typist !== null;
  }

  show(typist: Typist | null): void {
    this.typist = typist;
    this.element.hidden = !typist;
    this.element.classList.toggle("from-agent", typist?.who === "agent");
    this.relabel();
  }

  relabel(): void {
    const words = this.words();
    const person = this.typist?.who === "agent";
    // The assistant's dots speak for themselves, but not to who cannot see them.
    this.label.className = person ? "typing-name" : "unseen";
    this.label.textContent = person ? words.typingOf(this.typist?.name || words.sayAgent) : words.typing;
  }
}
