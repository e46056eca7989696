/** Products as small lines: in messages, in the context, in the picker. */
import { make, safeUrl } from "../shared/dom.ts";
import type { Card, Line } from "./protocol.ts";
import { visible } from "./texts.ts";
import type { Words } from "./words.ts";

export function thumb(picture: string | null): HTMLElement {
  const source = safeUrl(picture);
  if (!source) return make("span", { class: "thumb" });
  const image = make("img", { class: "thumb", src: source, alt: "", loading: "lazy", decoding: "async", width: 44, height: 44 });
  image.onerror = () => image.replaceWith(make("span", { class: "thumb" }));
  return image;
}

export function cardLine(card: Card): HTMLElement {
  const href = safeUrl(card.url);
  const title = visible(card.title);
  return make(
    "div",
    { class: "product" },
    thumb(card.picture),
    make(
      "div",
      { class: "product-words" },
      href
        ? make("a", { class: "product-title", href, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, title)
        : make("span", { class: "product-title", dir: "auto" }, title),
      make("span", { class: "product-price" }, card.price),
    ),
  );
}

/** What the picker's list shows: nothing to click in it, the line itself is what is chosen. */
export const cardPlain = (card: Card): Node[] => [
  thumb(card.picture),
  make("span", { class: "product-words" }, make("span", { class: "product-title", dir: "auto" }, visible(card.title)), make("span", { class: "product-price" }, card.price)),
];

export function cartLine(line: Line, words: Words): HTMLElement {
  const facts = [line.size, line.quantity > 1 ? words.times(line.quantity) : null, line.price].filter(Boolean).join(" · ");
  return make(
    "li",
    { class: "product" },
    thumb(line.picture),
    make("div", { class: "product-words" }, make("span", { class: "product-title", dir: "auto" }, visible(line.title)), make("span", { class: "product-price" }, facts)),
  );
}
