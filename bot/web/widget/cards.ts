/** Product cards in a rail that one can swipe, scroll, or walk with the arrow keys. */
import { make, prefersReducedMotion, safeUrl } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { Card } from "./protocol.ts";
import type { Words } from "./words.ts";

export interface RailOptions {
  words: Words;
  onPress: (card: number, button: number) => void;
}

/** The usual four buttons are details, similar, add to cart, save; the one that leads to a purchase stands out. */
const USUAL_BUTTONS = 4;
const CART_BUTTON = 2;

export function makeRail(cards: Card[], { words, onPress }: RailOptions): HTMLElement {
  const list = make("ul", { class: "rail", tabindex: 0, "aria-label": words.products(cards.length) });
  list.append(...cards.map((card, index) => makeCard(card, words, (button) => onPress(index, button))));
  const rail = make("div", { class: "rail-frame", role: "group", "aria-label": words.products(cards.length) }, list);
  if (cards.length > 1) addArrows(rail, list, words);
  return rail;
}

function makeCard(card: Card, words: Words, onPress: (button: number) => void): HTMLLIElement {
  const href = safeUrl(card.url);
  const source = safeUrl(card.picture);
  const picture = source
    ? make("img", { src: source, alt: card.title, loading: "lazy", decoding: "async", width: 320, height: 320, draggable: "false" })
    : make("span", { class: "no-picture", role: "img", "aria-label": card.title });
  if (picture instanceof HTMLImageElement) picture.onerror = () => picture.classList.add("broken");
  const title = make("span", { class: "card-title", dir: "auto" }, card.title);
  const body = make(
    "div",
    { class: "card-body" },
    // One link for picture and title: less to tab through, and a large target.
    href
      ? make(
          "a",
          { class: "card-link", href, target: "_blank", rel: "noopener", title: card.title },
          make("span", { class: "card-picture" }, picture),
          title,
          make("span", { class: "unseen" }, `(${words.opensNew})`),
        )
      : make("div", { class: "card-link" }, make("span", { class: "card-picture" }, picture), title),
    make("p", { class: "card-price" }, card.price),
    card.reason ? make("p", { class: "card-reason", dir: "auto" }, card.reason) : null,
  );
  // A card without buttons is a way to a page (the checkout): it has to look like one.
  if (href && !card.buttons.length) {
    const open = make("a", { class: "card-open", href, target: "_blank", rel: "noopener", "aria-label": `${words.open}: ${card.title}` }, words.open);
    return make("li", { class: "card" }, body, open);
  }
  const buttons = make("div", { class: "card-buttons" });
  card.buttons.forEach((button, index) => {
    const primary = card.buttons.length === USUAL_BUTTONS && index === CART_BUTTON;
    const element = make(
      "button",
      { type: "button", class: primary ? "card-button primary" : "card-button", "aria-label": `${button.title}: ${card.title}` },
      button.title,
    );
    element.addEventListener("click", () => onPress(index));
    buttons.append(element);
  });
  return make("li", { class: "card" }, body, card.buttons.length ? buttons : null);
}

function addArrows(rail: HTMLElement, list: HTMLElement, words: Words): void {
  const turn = (direction: 1 | -1): void => {
    const step = (list.firstElementChild?.getBoundingClientRect().width ?? 200) + 10;
    // At 200 % zoom or on a phone one card at a time, else as many as are in view.
    const count = Math.max(1, Math.floor(list.clientWidth / step));
    list.scrollBy({ left: direction * step * count, behavior: prefersReducedMotion() ? "auto" : "smooth" });
  };
  const previous = make("button", { type: "button", class: "rail-arrow previous", "aria-label": words.previous }, icon("left"));
  const next = make("button", { type: "button", class: "rail-arrow next", "aria-label": words.next }, icon("right"));
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  list.addEventListener("keydown", (event) => {
    if (event.target !== list || (event.key !== "ArrowRight" && event.key !== "ArrowLeft")) return;
    event.preventDefault();
    turn(event.key === "ArrowRight" ? 1 : -1);
  });
  const update = (): void => {
    previous.disabled = list.scrollLeft < 4;
    next.disabled = list.scrollLeft + list.clientWidth > list.scrollWidth - 4;
  };
  list.addEventListener("scroll", update, { passive: true });
  new ResizeObserver(update).observe(list);
  rail.append(previous, next);
}
