/** Canned replies: which one a typed "/word" means, and what goes into the field. */
import type { Canned } from "./protocol.ts";

const MOST = 8;

/** The "/word" that ends at the caret: where it starts and what follows the slash; null when there is none. */
export function slashAt(text: string, caret: number): { start: number; query: string } | null {
  const match = /(?:^|\s)\/([\p{L}\p{N}_-]{0,30})$/u.exec(text.slice(0, caret));
  return match ? { start: caret - match[1]!.length - 1, query: match[1]!.toLowerCase() } : null;
}

/** The replies that a query means: those of the conversation's language first, shortcuts before titles before texts. */
export function matching(canned: readonly Canned[], query: string, language: string | null, group: string | null): Canned[] {
  const rank = (one: Canned): number => {
    const shortcut = one.shortcut.toLowerCase();
    const place = shortcut === query ? 0 : shortcut.startsWith(query) ? 1 : one.title.toLowerCase().includes(query) ? 2 : one.text.toLowerCase().includes(query) ? 3 : -1;
    return place < 0 ? -1 : place + (language && one.language !== language ? 10 : 0);
  };
  return canned
    .filter((one) => !one.group || !group || one.group === group)
    .map((one) => ({ one, at: rank(one) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at || left.one.shortcut.localeCompare(right.one.shortcut))
    .slice(0, MOST)
    .map(({ one }) => one);
}

/** Placeholders become what is known; one that is not stays as it is, so that the agent sees it before sending. */
export function fillIn(text: string, values: Readonly<Record<string, string | null>>): string {
  return text.replace(/\{(\w+)\}/g, (match, name: string) => (Object.hasOwn(values, name) && values[name]) || match);
}

/** The field's text with the "/word" replaced, and where the caret stands then. */
export function insertAt(text: string, start: number, caret: number, reply: string): { text: string; caret: number } {
  return { text: text.slice(0, start) + reply + text.slice(caret), caret: start + reply.length };
}
