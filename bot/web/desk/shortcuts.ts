/** The keyboard: one table, from which the keys work and the "?" dialog is written. */
import type { Words } from "./words.ts";

export type Command = Exclude<keyof Words["key"], "send" | "line" | "canned" | "leave" | "pick" | "insert">;

/** Keys by `KeyboardEvent.code` with Alt: they work while writing, and whatever character Alt makes of them. */
export const WITH_ALT: readonly (readonly [code: string, shown: string, command: Command])[] = [
  ["ArrowDown", "Alt ↓", "next"],
  ["ArrowUp", "Alt ↑", "previous"],
  ["KeyU", "Alt U", "nextUnread"],
  ["KeyC", "Alt C", "claim"],
  ["KeyA", "Alt A", "accept"],
  ["KeyN", "Alt N", "noteSwitch"],
  ["KeyP", "Alt P", "product"],
  ["KeyG", "Alt G", "suggest"],
  ["KeyI", "Alt I", "context"],
];

/** Single keys by the character, only outside of fields; an agent may switch them off. */
export const SINGLE: readonly (readonly [key: string, command: Command])[] = [
  ["j", "next"],
  ["k", "previous"],
  ["u", "nextUnread"],
  ["c", "claim"],
  ["a", "accept"],
  ["x", "release"],
  ["r", "reply"],
  ["n", "note"],
  ["p", "product"],
  ["g", "suggest"],
  ["t", "transfer"],
  ["b", "giveBack"],
  ["e", "end"],
  ["i", "context"],
  ["h", "tags"],
  ["o", "presence"],
  ["l", "figures"],
  ["/", "search"],
  ["?", "help"],
];

/** Keys of the reply field and of its list. */
export const COMPOSER_KEYS = [
  ["Enter", "send"],
  ["Shift Enter", "line"],
  ["/", "canned"],
  ["Esc", "leave"],
] as const;
export const LIST_KEYS = [
  ["↑ ↓", "pick"],
  ["Enter", "insert"],
] as const;

export interface Key {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
}

/** What a key means; null: nothing, it is the browser's or the field's. */
export function commandOf(event: Key, typing: boolean, singleKeys: boolean): Command | null {
  if (event.isComposing || event.ctrlKey || event.metaKey) return null;
  if (event.altKey) return WITH_ALT.find(([code]) => code === event.code)?.[2] ?? null;
  if (typing || !singleKeys) return null;
  // Caps lock and Shift do not matter for letters; "?" needs Shift on most keyboards.
  return SINGLE.find(([key]) => key === event.key.toLowerCase())?.[1] ?? null;
}

const NOT_TYPING = new Set(["checkbox", "radio", "button", "submit", "reset", "file", "range", "color"]);

/** Whether keys are letters where the focus is. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !NOT_TYPING.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
