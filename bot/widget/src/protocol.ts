/** The words that the page and the server exchange (JSON text frames of `/chat/socket`), and a careful reader for them. */

export type Language = "en" | "zh";
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

export type Outgoing = Say | Press;

export type ServerFrame =
  | { type: "welcome"; conversation: string; language: Language | null; last: number; events: ChatEvent[] }
  | { type: "event"; event: ChatEvent }
  | { type: "ack"; id: string; seq: number }
  | { type: "typing"; on: boolean }
  | { type: "done"; id: string }
  | { type: "error"; code: string; text: string; id: string | null }
  /** What was said before message `before` has been deleted at the customer's wish. */
  | { type: "erased"; before: number }
  | { type: "pong" };

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const textOrNull = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const SENDERS: readonly string[] = ["customer", "bot", "agent", "system"];

const readButtons = (value: unknown): Button[] => list(value).map((button) => ({ title: text(button.title) }));

function readCard(card: Json): Card {
  return {
    id: text(card.id),
    title: text(card.title),
    price: text(card.price),
    reason: text(card.reason),
    picture: text(card.picture),
    url: text(card.url),
    buttons: readButtons(card.buttons),
  };
}

/** Returns null for what is no event: a newer server may say things that this page does not know yet. */
export function readEvent(value: unknown): ChatEvent | null {
  if (!isObject(value) || typeof value.seq !== "number" || !SENDERS.includes(text(value.from))) return null;
  const photo = isObject(value.photo) && text(value.photo.url) ? { id: text(value.photo.id), url: text(value.photo.url) } : null;
  return {
    seq: value.seq,
    at: text(value.at),
    from: value.from as Sender,
    id: textOrNull(value.id),
    reply_to: textOrNull(value.reply_to),
    text: textOrNull(value.text),
    photo,
    cards: list(value.cards).map(readCard),
    buttons: readButtons(value.buttons),
    picture: textOrNull(value.picture),
  };
}

export function readLanguage(value: unknown): Language | null {
  return value === "en" || value === "zh" ? value : null;
}

/** Reads one frame of the server; null for anything else than a frame that we know. */
export function readFrame(data: unknown): ServerFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(String(data));
  } catch {
    return null;
  }
  if (!isObject(frame)) return null;
  switch (frame.type) {
    case "welcome":
      return {
        type: "welcome",
        conversation: text(frame.conversation),
        language: readLanguage(frame.language),
        last: Number(frame.last) || 0,
        events: list(frame.events).map(readEvent).filter((event) => event !== null),
      };
    case "event": {
      const event = readEvent(frame);
      return event && { type: "event", event };
    }
    case "ack":
      return { type: "ack", id: text(frame.id), seq: Number(frame.seq) || 0 };
    case "typing":
      return { type: "typing", on: frame.on === true };
    case "done":
      return { type: "done", id: text(frame.id) };
    case "error":
      return { type: "error", code: text(frame.code), text: text(frame.text), id: textOrNull(frame.id) };
    case "erased":
      return { type: "erased", before: Number(frame.before) || 0 };
    case "pong":
      return { type: "pong" };
    default:
      return null;
  }
}
