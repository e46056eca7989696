/** The only ways in which our pages make elements: text goes in as text, addresses are checked. */

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

export const prefersReducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const isTouch = (): boolean => matchMedia("(pointer: coarse)").matches;
