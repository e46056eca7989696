/** The words that the page and the server exchange (JSON text frames of `/chat/socket`), and a careful reader for them. */
import { count, isObject, list, parseObject, string, stringOrNull, type Json } from "../shared/json.ts";
import { readLanguage, type Language } from "../shared/language.ts";

export type Sender = "customer" | "bot" | "agent" | "system";

export interface Button {
  title: string;
}

export interface Card {
  id: string;
  title: string;
  price: string;
  reason: string;
  picture: string;
  url: string;
  buttons: Button[];
}

/** One message of the conversation as the server keeps it; `seq` counts from 1 in every conversation. */
export interface ChatEvent {
  seq: number;
  at: string;
  from: Sender;
  /** The customer's own message id, when a customer sent it. */
  id: string | null;
  reply_to: string | null;
  text: string | null;
  photo: { id: string; url: string } | null;
  cards: Card[];
  buttons: Button[];
  picture: string | null;
  /** Who of the shop's people said it (`from: "agent"`). */
  agent: Person | null;
  /** What the customer is asked for with a field of its own. */
  form: "email" | null;
  /** The customer is asked how the talk with a person was; `stars` once that is known. */
  rating: { handoff: number; stars: number | null } | null;
}

/** One of the shop's people, as customers see him. */
export interface Person {
  name: string;
}

/** Who has the conversation. `place` and `wait` (minutes) are told in the queue only, and null when nobody knows. */
export interface Handoff {
  state: "queued" | "assigned" | "human" | "bot";
  place: number | null;
  wait: number | null;
  agent: Person | null;
}

export interface Say {
  type: "say";
  id: string;
  text: string;
  photo: string | null;
  language: Language | null;
}

/** A button that the bot offered: `reply` is the seq of the bot's message, `card` the card in it (if any). */
export interface Press {
  type: "press";
  id: string;
  reply: number;
  card?: number;
  button: number;
}

/** How the talk with a person was. */
export interface Rate {
  type: "rate";
  id: string;
  handoff: number;
  stars: number;
  comment?: string;
}

/** What must arrive: kept and sent again until it is acknowledged. */
export type Outgoing = Say | Press | Rate;

/** What is only worth something now: sent once, or never. */
export type Signal = { type: "typing"; on: boolean } | { type: "read"; seq: number } | { type: "cancel_handoff" };

export type ServerFrame =
  | { type: "welcome"; conversation: string; language: Language | null; last: number; events: ChatEvent[]; handoff: Handoff; read: number }
  | { type: "event"; event: ChatEvent }
  | { type: "ack"; id: string; seq: number }
  | { type: "typing"; on: boolean; who: "bot" | "agent"; name: string }
  /** Who has the conversation, or the place in the queue, has changed. */
  | { type: "handoff"; handoff: Handoff }
  /** The shop's people have read up to message `seq`. */
  | { type: "read"; seq: number }
  | { type: "done"; id: string }
  | { type: "error"; code: string; text: string; id: string | null }
  /** What was said before message `before` has been deleted at the customer's wish. */
  | { type: "erased"; before: number }
  | { type: "pong" };

const SENDERS: readonly string[] = ["customer", "bot", "agent", "system"];

const readButtons = (value: unknown): Button[] => list(value, (button) => ({ title: string(button.title) }));

function readCard(card: Json): Card {
  return {
    id: string(card.id),
    title: string(card.title),
    price: string(card.price),
    reason: string(card.reason),
    picture: string(card.picture),
    url: string(card.url),
    buttons: readButtons(card.buttons),
  };
}

/** Control characters, and those that turn the direction of what stands around them. */
const UNRULY = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const LONGEST_NAME = 60;
/** No message of ours is so long; one that is must not stop the page. */
const LONGEST_SHOWN = 20_000;
const HIGHEST_RATING = 5;

/** A name stands in the middle of our own sentences: one short line that changes nothing around it. */
export function readName(value: unknown): string {
  return [...string(value).replace(UNRULY, "").replace(/\s+/g, " ").trim()].slice(0, LONGEST_NAME).join("");
}

function readPerson(value: unknown): Person | null {
  const name = isObject(value) ? readName(value.name) : "";
  return name ? { name } : null;
}

function readRating(value: unknown): ChatEvent["rating"] {
  const handoff = isObject(value) ? count(value.handoff) : null;
  if (!isObject(value) || handoff === null) return null;
  const stars = count(value.stars);
  return { handoff, stars: stars && stars <= HIGHEST_RATING ? stars : null };
}

export const WITH_THE_BOT: Handoff = { state: "bot", place: null, wait: null, agent: null };
/** The hand-over's own words for "over": for the customer all of them mean that the assistant is back. */
const ENDS: readonly unknown[] = ["bot", "returned", "closed", "offline_ticket"];

/** Who has the conversation; null for a state that this page does not know. */
export function readHandoff(value: unknown): Handoff | null {
  if (!isObject(value)) return null;
  const { state } = value;
  if (ENDS.includes(state)) return WITH_THE_BOT;
  if (state !== "queued" && state !== "assigned" && state !== "human") return null;
  return { state, place: count(value.place) || null, wait: count(value.wait), agent: readPerson(value.agent) };
}

/** Returns null for what is no event: a newer server may say things that this page does not know yet. */
export function readEvent(value: unknown): ChatEvent | null {
  if (!isObject(value) || typeof value.seq !== "number" || !SENDERS.includes(string(value.from))) return null;
  const photo = isObject(value.photo) && string(value.photo.url) ? { id: string(value.photo.id), url: string(value.photo.url) } : null;
  return {
    seq: value.seq,
    at: string(value.at),
    from: value.from as Sender,
    id: stringOrNull(value.id),
    reply_to: stringOrNull(value.reply_to),
    text: stringOrNull(value.text)?.slice(0, LONGEST_SHOWN) ?? null,
    photo,
    cards: list(value.cards, readCard),
    buttons: readButtons(value.buttons),
    picture: stringOrNull(value.picture),
    agent: readPerson(value.agent),
    form: value.form === "email" ? "email" : null,
    rating: readRating(value.rating),
  };
}

/** Reads one frame of the server; null for anything else than a frame that we know. */
export function readFrame(data: unknown): ServerFrame | null {
  const frame = parseObject(data);
  if (!frame) return null;
  switch (frame.type) {
    case "welcome":
      return {
        type: "welcome",
        conversation: string(frame.conversation),
        language: readLanguage(frame.language),
        last: Number(frame.last) || 0,
        events: list(frame.events, readEvent),
        handoff: readHandoff(frame.handoff) ?? WITH_THE_BOT,
        read: count(frame.read) ?? 0,
      };
    case "event": {
      const event = readEvent(frame);
      return event && { type: "event", event };
    }
    case "ack":
      return { type: "ack", id: string(frame.id), seq: Number(frame.seq) || 0 };
    case "typing":
      return { type: "typing", on: frame.on === true, who: frame.who === "agent" ? "agent" : "bot", name: readName(frame.name) };
    case "handoff": {
      const handoff = readHandoff(frame);
      return handoff && { type: "handoff", handoff };
    }
    case "read":
      return { type: "read", seq: count(frame.seq) ?? 0 };
    case "done":
      return { type: "done", id: string(frame.id) };
    case "error":
      return { type: "error", code: string(frame.code), text: string(frame.text), id: stringOrNull(frame.id) };
    case "erased":
      return { type: "erased", before: Number(frame.before) || 0 };
    case "pong":
      return { type: "pong" };
    default:
      return null;
  }
}
