/**
 * Text of strangers. It is only ever set as text, in an element that keeps its writing direction to itself; characters
 * that turn or hide other characters are shown as what they are; and a line of a megabyte does not stop the page.
 */
import { linked, make } from "../shared/dom.ts";
import type { Words } from "./words.ts";

// Control characters except tab and line feed; soft hyphen; Arabic letter mark; zero width space, marks of direction,
// embeddings, overrides, isolates; word joiner and invisible operators; byte order mark, interlinear marks; tag characters.
// Joiners (U+200C, U+200D) stay: scripts and emoji need them.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
/** A flag of a region (England, say) is a black flag and tag characters. */
const REGION_FLAG = /(\u{1f3f4}[\u{e0020}-\u{e007e}]{1,8}\u{e007f})/u;

const named = (character: string): string => `⟦U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟧`;

/** The text with every character visible that could deceive the reader. */
export function visible(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .split(REGION_FLAG)
    .map((part, index) => (index % 2 ? part : part.replace(HIDDEN, named)))
    .join("");
}

/** The first `most` code units, never half a character; whether anything was left out. */
export function cut(text: string, most: number): { text: string; cut: boolean } {
  if (text.length <= most) return { text, cut: false };
  const half = text.charCodeAt(most - 1) >> 10 === 0x36;
  return { text: text.slice(0, half ? most - 1 : most), cut: true };
}

/** One line for lists: cut, without line breaks, everything visible. */
export function oneLine(text: string, most = 140): string {
  const piece = cut(text, most);
  return visible(piece.text).replace(/\s+/g, " ").trim() + (piece.cut ? "…" : "");
}

/** More than this is hidden behind "show all". */
export const SHOWN = 2_500;
const SHOWN_LINES = 40;
/** Laid out only when scrolled to (see `.piece` in the style sheet). */
const PIECE = 4_000;

/** What is shown at once of a text. */
export function opening(text: string): { text: string; cut: boolean } {
  const first = cut(text, SHOWN);
  let end = -1;
  for (let line = 0; line < SHOWN_LINES; line += 1) {
    end = first.text.indexOf("\n", end + 1);
    if (end < 0) return first;
  }
  return { text: first.text.slice(0, end), cut: true };
}

/** A text in pieces that the browser can lay out one by one. */
export function pieces(text: string): string[] {
  const found: string[] = [];
  for (let rest = text; rest; ) {
    const piece = cut(rest, PIECE).text;
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  return found;
}

/** An element with the text; `links` only for what our own side has said. */
export function textBlock(text: string, className: string, words: Words, links = false): HTMLElement {
  const first = opening(text);
  const shown = visible(first.text);
  const block = make("div", { class: className, dir: "auto" }, ...(links ? linked(shown) : [shown]));
  if (!first.cut) return block;
  const button = make("button", { type: "button", class: "link show-all" }, words.showAll(text.length.toLocaleString("en")));
  button.addEventListener("click", () => {
    block.replaceChildren(...pieces(text).map((piece) => make("span", { class: "piece", dir: "auto" }, visible(piece))));
    block.classList.add("whole");
    block.tabIndex = 0;
    block.focus();
  });
  block.append("… ", button);
  return block;
}
