/** What every view of the desk may use. */
import type { Language } from "../shared/language.ts";
import type { Store } from "../shared/storage.ts";
import type { Actions } from "./actions.ts";
import type { Alerts } from "./alerts.ts";
import type { Api } from "./api.ts";
import type { Desk } from "./desk.ts";
import type { Line } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import type { Prefs } from "./prefs.ts";
import type { Handoff, Labelled } from "./protocol.ts";
import { oneLine } from "./texts.ts";
import type { Words } from "./words.ts";

export interface App {
  desk: Desk;
  api: Api;
  line: Line;
  outbox: Outbox;
  prefs: Prefs;
  alerts: Alerts;
  actions: Actions;
  /** Kept for this tab: drafts, the outbox. */
  tab: Store;
  words: () => Words;
  language: () => Language;
  /** A short word to the agent, seen and heard. */
  say: (text: string, kind?: "problem") => void;
  /** Heard only. */
  announce: (text: string) => void;
  /** Shows a conversation; `focus` moves there. */
  show: (conversation: string | null, focus?: "composer" | "row") => void;
  /** Draws everything anew (another language). */
  redraw: () => void;
  signOut: () => void;
  /** Ends when everything is drawn anew: for listeners on the document and the window. */
  life: AbortSignal;
}

/** What a customer is called here. */
export function customerName(handoff: Handoff | null, conversation: string, words: Words): string {
  return handoff?.customer ? oneLine(handoff.customer, 60) : words.customer(conversation.slice(-4));
}

export const labelOf = (all: readonly Labelled[], id: string, language: Language): string => all.find((one) => one.id === id)?.[language] ?? id;

/** A word of ours for the server's key, else the key itself. */
export const wordFor = (table: Record<string, string>, key: string): string => (Object.hasOwn(table, key) ? table[key]! : key);
