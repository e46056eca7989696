/** Five stars for the talk with a person, under the message that asks for them; given once. */
import { make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { Words } from "./words.ts";

const STARS = [1, 2, 3, 4, 5] as const;
const LONGEST_COMMENT = 1_000;

export class Rating {
  readonly element = make("div", { class: "ask ask-rating" });
  private readonly legend = make("legend", { class: "ask-label" });
  private readonly stars: HTMLInputElement[];
  private readonly comment = make("textarea", { rows: 2, maxlength: LONGEST_COMMENT, dir: "auto" });
  private readonly commentLabel = make("span", { class: "ask-label" });
  private readonly button = make("button", { type: "submit", class: "ask-button" });
  private readonly more: HTMLElement;
  private readonly form: HTMLFormElement;
  private readonly given = make("span", { class: "stars given", role: "img" });
  private readonly thanks = make("p", { class: "ask-thanks" });

  /**
   * @param handoff of which hand-over; makes the group's name its own.
   * @param rated the stars already given, or null.
   */
  constructor(
    readonly handoff: number,
    private rated: number | null,
    private words: Words,
    onRate: (stars: number, comment: string) => void,
  ) {
    // Real radio buttons: the arrow keys, the tab order and what screen readers say come with them.
    this.stars = STARS.map((value) => make("input", { type: "radio", name: `stars-${handoff}`, value, class: "unseen" }));
    const group = make("div", { class: "stars" }, ...this.stars.map((star) => make("label", { class: "star" }, star, icon("star"))));
    this.more = make("div", { class: "ask-more", hidden: true }, make("label", {}, this.commentLabel, this.comment), this.button);
    this.form = make("form", {}, make("fieldset", {}, this.legend, group), this.more);
    this.form.addEventListener("change", () => this.choose());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.chosen) return;
      this.close(this.chosen);
      onRate(this.chosen, this.comment.value.trim());
    });
    this.draw();
  }

  private get chosen(): number {
    return Number(this.stars.find((star) => star.checked)?.value ?? 0);
  }

  relabel(words: Words): void {
    this.words = words;
    this.draw();
  }

  /** It has been given: here, or on another page. */
  close(stars: number): void {
    this.rated = stars;
    this.draw();
  }

  /** It was refused: what the customer chose and wrote is still there. */
  reopen(): void {
    this.rated = null;
    this.draw();
  }

  private choose(): void {
    this.stars.forEach((star, index) => star.parentElement!.classList.toggle("on", index < this.chosen));
    if (!this.more.hidden) return;
    this.more.hidden = false;
    this.element.scrollIntoView({ block: "nearest" });
  }

  private draw(): void {
    const { words, rated } = this;
    this.legend.textContent = words.rate;
    this.stars.forEach((star, index) => star.setAttribute("aria-label", words.starOf(index + 1)));
    this.commentLabel.textContent = words.rateComment;
    this.button.textContent = words.rateSend;
    if (rated === null) {
      this.element.replaceChildren(this.form);
      return;
    }
    this.given.setAttribute("aria-label", words.starOf(rated));
    this.given.replaceChildren(...STARS.map((value) => make("span", { class: value <= rated ? "star on" : "star" }, icon("star"))));
    this.thanks.textContent = words.rated;
    this.element.replaceChildren(this.given, this.thanks);
  }
}
