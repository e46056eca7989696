/** The only ways in which our pages make elements: text goes in as text, addresses are checked, icons are constants. */

type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined | false;

/** Makes an element. Strings become text nodes, never markup; attributes that are null or false are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (/^on/i.test(name)) throw new TypeError(`no event attributes: ${name}`);
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child || child === "") element.append(child);
  return element;
}

/** An http(s) address resolved against this page, or null: `javascript:`, `data:` and broken ones never become links. */
export function safeUrl(address: string | null | undefined, base: string = location.href): string | null {
  if (!address) return null;
  try {
    const url = new URL(address, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** The text without the characters that turn the direction of writing: a link must read as where it leads. */
export const unturned = (text: string): string => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

const ADDRESS = /https?:\/\/[^\s<>"'“”‘’，。；！？（）()\[\]]+|(?<![\w/.])\/shop\/[\w\-./?=&%~+]+/g;

/** The text with its web addresses as links (shown in full, so that what is read is where one gets to). */
export function linked(text: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const shown = match[0].replace(/[.,;:!?]+$/, "");
    const href = safeUrl(shown);
    if (!href) continue;
    nodes.push(document.createTextNode(text.slice(end, match.index)));
    nodes.push(make("a", { href, target: "_blank", rel: "noopener noreferrer" }, shown));
    end = match.index + shown.length;
  }
  nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}

const SVG = "http://www.w3.org/2000/svg";
/** Paths of 24 × 24 line icons, drawn for this widget. */
const ICONS = {
  photo: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM4.3 16.5l4.2-4.6 3.6 4 2.6-2.6 5 4.6M15.2 9.4h.01",
  camera: "M4 8.5A1.5 1.5 0 0 1 5.5 7h2.3l1.4-2.2h5.6L16.2 7h2.3A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM12 16.2a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8z",
  send: "M12 19V5.5M5.8 11.4 12 5.2l6.2 6.2",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  down: "M12 5v13.5M5.8 12.6 12 18.8l6.2-6.2",
  left: "M14.5 6 8.5 12l6 6",
  right: "M9.5 6l6 6-6 6",
  star: "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z",
  retry: "M19 12a7 7 0 1 1-2.2-5.1M19.2 4.2v4h-4",
} as const;

export function icon(name: keyof typeof ICONS): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export const prefersReducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const isTouch = (): boolean => matchMedia("(pointer: coarse)").matches;
