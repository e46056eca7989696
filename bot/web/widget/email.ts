/** A field for an e-mail address, under the message that asks for it. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { Words } from "./words.ts";

/** What mail servers take at most. */
const LONGEST = 254;

/** Good enough to send: whether it exists only a letter can tell. */
export function looksLikeEmail(text: string): boolean {
  return text.length <= LONGEST && /^[^\s@<>"(),;:]+@[^\s@.<>"(),;:]+(\.[^\s@.<>"(),;:]+)+$/.test(text);
}

export class EmailForm {
  readonly element: HTMLFormElement;
  private readonly label = make("span", { class: "ask-label" });
  private readonly field: HTMLInputElement;
  private readonly button = make("button", { type: "submit", class: "ask-send" }, icon("send"));
  private readonly note: HTMLParagraphElement;
  private wrong = false;

  /** @param key makes the element ids of this form its own. */
  constructor(
    key: number,
    private words: Words,
    onSend: (address: string) => void,
  ) {
    this.field = make("input", {
      type: "email",
      name: "email",
      autocomplete: "email",
      inputmode: "email",
      enterkeyhint: "send",
      autocapitalize: "off",
      spellcheck: "false",
      maxlength: LONGEST,
      "aria-required": "true",
      "aria-describedby": `email-note-${key}`,
    });
    this.note = make("p", { class: "ask-note", id: `email-note-${key}`, role: "alert" });
    // The browser's own complaint would come in the browser's language.
    this.element = make(
      "form",
      { class: "ask ask-email", novalidate: true },
      make("label", {}, this.label, this.field),
      this.button,
      this.note,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const address = this.field.value.trim();
      if (looksLikeEmail(address)) return onSend(address);
      this.complain(true);
      this.field.focus();
      this.element.scrollIntoView({ block: "nearest" });
    });
    this.field.addEventListener("input", () => this.wrong && this.complain(false));
    this.relabel(words);
  }

  relabel(words: Words): void {
    this.words = words;
    this.label.textContent = words.email;
    this.field.placeholder = words.emailExample;
    this.button.setAttribute("aria-label", words.emailSend);
    this.button.title = words.emailSend;
    this.complain(this.wrong);
  }

  /** The customer has answered, here or in words of his own: nothing is asked any more. */
  retire(): void {
    this.element.remove();
  }

  private complain(wrong: boolean): void {
    this.wrong = wrong;
    this.field.setAttribute("aria-invalid", String(wrong));
    this.note.textContent = wrong ? this.words.emailWrong : "";
  }
}
