/**
 * What the desk's page and its server exchange: JSON bodies of `/desk/api/…` and JSON text frames of `/desk/socket`.
 * Types only; `reader.ts` reads what comes in. All times are ISO 8601 with a zone, all durations seconds.
 *
 * Every answer that is no success: status >= 400 and `{code, text}`, where `text` is a sentence in the language that the
 * page names in the header `X-Language`. 401 anywhere means: signed out. POST, PUT and DELETE carry `X-CSRF-Token`
 * (except sign-in, which has none yet).
 */
import type { Language } from "../shared/language.ts";

export type Role = "agent" | "lead" | "owner";
export type Status = "online" | "away" | "offline";
export type State = "bot" | "queued" | "assigned" | "human" | "returned" | "closed" | "offline_ticket";
export type Sender = "customer" | "bot" | "agent" | "system";

/** A thing of the shop's own with a name in both languages. The server may also send a bare string: id and name in one. */
export interface Labelled {
  id: string;
  en: string;
  zh: string;
}

// --- people ---------------------------------------------------------------------------------------------------------

export interface Agent {
  id: number;
  login: string;
  name: string;
  role: Role;
  groups: string[];
  languages: string[];
  max_load: number;
}

/** An agent as colleagues see him; `load` is the number of his open conversations. */
export interface Colleague {
  id: number;
  name: string;
  role: Role;
  groups: string[];
  languages: string[];
  max_load: number;
  load: number;
  status: Status;
}

/** What the shop has set for its desk (in `GET me`). */
export interface DeskSettings {
  groups: Labelled[];
  close_reasons: Labelled[];
  /** Offered; an agent may also write one of his own. */
  tags: string[];
  /** Offered in "Return to the assistant"; anything else may be written. */
  sizes: string[];
  colours: Labelled[];
  /** The longest message that the server takes, in characters. */
  max_text: number;
  /** A customer who waits longer than this stands out, in seconds. */
  wait_warning: number;
}

/** `GET me` and, without `settings`, the answer of `POST sign-in {login, password}`. */
export interface Me {
  agent: Agent;
  csrf: string;
  settings: DeskSettings;
}

// --- conversations --------------------------------------------------------------------------------------------------

/** One hand-over as a line of the lists: a row of `handoffs` and what the line shows beside it. */
export interface Handoff {
  id: number;
  conversation: string;
  channel: string;
  state: State;
  version: number;
  reason: string;
  detail: string | null;
  language: string | null;
  group: string;
  agent: number | null;
  priority: number;
  tags: string[];
  close_reason: string | null;
  rating: number | null;
  rating_comment: string | null;
  asked: string;
  queued: string | null;
  assigned: string | null;
  accepted: string | null;
  first_reply: string | null;
  ended: string | null;
  /** The customer's name, when the customer gave one and agreed; else null. */
  customer: string | null;
  /** `calm`, `unhappy`, `angry`; null: unknown. */
  mood: string | null;
  /** The customer's messages after the agent's read mark. */
  unread: number;
  /**
   * What was said last (that somebody came or went does not count). `name`: of the agent who said it; `text`: cut to 200
   * characters, for a card its title, null for a photo alone.
   */
  last: { seq: number; at: string; from: Sender; name: string | null; text: string | null; photo: boolean } | null;
}

export interface Card {
  id: string;
  title: string;
  price: string;
  reason: string;
  picture: string;
  url: string;
}

/** One message, the same as the customer's `event`; `agent` for those of people, `photo.saw` is what vision saw. */
export interface Message {
  seq: number;
  at: string;
  from: Sender;
  /** The sender's own id of the message (an agent's `client_id`). */
  id: string | null;
  text: string | null;
  photo: { id: string; saw: string | null } | null;
  cards: Card[];
  /** The title of the product whose button the customer has pressed. */
  about: string | null;
  /** Titles of the quick replies that the customer saw. */
  buttons: string[];
  picture: string | null;
  agent: { name: string } | null;
}

export interface Note {
  id: number;
  handoff: number;
  agent: { id: number; name: string };
  at: string;
  text: string;
}

/** The context packet (`bot/support/handoff/context.py`). Every part may be missing. */
export interface Packet {
  summary: string | null;
  mood: string | null;
  photos: { id: string; at: string | null; saw: string | null; facts: Fact[] }[];
  products: Card[];
  cart: { lines: Line[]; total: string | null } | null;
  order: { id: string; status: string; placed: string | null; total: string | null; lines: Line[] } | null;
  /** Label and value, in the customer's or the shop's words (size, budget, colours liked …), as far as consented. */
  profile: Fact[];
}

/** `{name: value}` in JSON; an array of values is joined. */
export interface Fact {
  name: string;
  value: string;
}

export interface Line {
  id: string;
  title: string;
  size: string | null;
  quantity: number;
  price: string | null;
  picture: string | null;
}

/** An earlier hand-over of the same customer. */
export interface Earlier {
  id: number;
  conversation: string;
  state: State;
  reason: string;
  asked: string;
  ended: string | null;
  agent: string | null;
  close_reason: string | null;
  tags: string[];
  rating: number | null;
}

export interface Change {
  at: string;
  event: string;
  from_state: State;
  to_state: State;
  /** `customer`, `bot`, `system`, `rule:NAME`, or the agent's name. */
  actor: string;
}

/** `GET conversations/ID`. `messages`: the newest (about 50), oldest first; `more`: there are earlier ones. */
export interface Conversation {
  conversation: string;
  /** The open hand-over, else the newest; null: the bot has it and no one ever asked. */
  handoff: Handoff | null;
  packet: Packet;
  messages: Message[];
  more: boolean;
  /** Read up to message `seq`, by each side. */
  reads: { customer: number; agent: number };
  notes: Note[];
  history: Earlier[];
  audit: Change[];
}

/** `GET conversations/ID/messages?before=SEQ`: about 50 just before, oldest first. */
export interface MessagePage {
  messages: Message[];
  more: boolean;
}

/** `GET search?q=` → `{results}`, newest first. */
export interface Found {
  conversation: string;
  handoff: Handoff | null;
  at: string;
  /** A piece of the message that was found, as plain text. */
  snippet: string;
}

/** `GET suggest/CONVERSATION`: what the bot would answer now. `text` null: nothing. */
export interface Suggestion {
  text: string | null;
  cards: Card[];
}

/** `GET products?q=&language=` → `{products: Card[]}`; an empty `q`: what is popular. */

/**
 * `GET canned` → `{canned}`; `POST canned {…}`, `PUT canned/ID {…}` → `{canned: one}`; `DELETE canned/ID` → 204. `filled` is
 * `text` with what the server knows in place of its {placeholders} (the agent's name, the shop's facts); {order},
 * {customer_language} and {customer} are filled by the page.
 */
export interface Canned {
  id: number;
  shortcut: string;
  language: Language;
  title: string;
  text: string;
  filled: string;
  group: string | null;
}

/**
 * `GET agents` (lead) → `{agents: TeamMember[]}`; `POST agents {login, name, password, role, groups, languages, max_load}`,
 * `POST agents/ID {any of these, active}` → `{agent: TeamMember}`.
 */
export interface TeamMember extends Agent {
  active: boolean;
}

/** `POST photos?conversation=ID` (form, field "photo") → 201 `{photo}`: an id for the frame `photo`. */

// --- the lead's figures ---------------------------------------------------------------------------------------------

/** `GET lead?hours=N` (lead and owner). A duration or a mean of nothing is null. */
export interface LeadFigures {
  at: string;
  hours: number;
  now: { waiting: number; longest_wait: number | null; active: number; online: number; away: number; capacity: number };
  period: {
    asked: number;
    closed: number;
    returned: number;
    tickets: number;
    cancelled: number;
    first_reply: number | null;
    handling: number | null;
    satisfaction: number | null;
    ratings: number;
  };
  agents: LeadAgent[];
  /** One row an hour, oldest first, without holes. */
  by_hour: LeadHour[];
}

export interface LeadAgent {
  id: number;
  name: string;
  status: Status;
  load: number;
  max_load: number;
  handled: number;
  first_reply: number | null;
  handling: number | null;
  satisfaction: number | null;
  ratings: number;
}

export interface LeadHour {
  from: string;
  asked: number;
  handled: number;
  longest_wait: number | null;
  first_reply: number | null;
  handling: number | null;
  satisfaction: number | null;
}

// --- the socket -----------------------------------------------------------------------------------------------------

/** What was agreed with the customer, for the bot; parts that were not agreed are left out. */
export interface Agreed {
  size?: string;
  colour?: string;
  budget?: number;
  order?: string;
}

/**
 * Page → server. Each is sent with an `id` of its own and answered by `ok` or `error` with that id. `say`, `product` and
 * `photo` are safe to repeat: the same `client_id` is stored once and answered `ok` again. They accept an `assigned`
 * hand-over of the sender by themselves.
 */
export type Request =
  | { type: "claim" | "release" | "accept"; handoff: number; version: number }
  | { type: "step_in"; conversation: string }
  | { type: "transfer"; handoff: number; version: number; agent: number }
  | { type: "transfer"; handoff: number; version: number; group: string }
  | { type: "return"; handoff: number; version: number; slots: Agreed; note: string | null }
  | { type: "close"; handoff: number; version: number; reason: string; tags: string[] }
  | { type: "note"; handoff: number; text: string; client_id: string }
  | { type: "tags"; handoff: number; tags: string[] }
  /** The page shows this conversation (null: none): its events come too, when it is not the agent's own. */
  | { type: "watch"; conversation: string | null }
  | { type: "typing"; conversation: string; on: boolean }
  | { type: "read"; conversation: string; seq: number }
  | { type: "presence"; status: "online" | "away" }
  | { type: "ping" }
  | Outgoing;

/** What is kept until the server has it. */
export type Outgoing =
  | { type: "say"; conversation: string; client_id: string; text: string }
  | { type: "product"; conversation: string; client_id: string; product: string }
  | { type: "photo"; conversation: string; client_id: string; photo: string };

/**
 * Server → page. `ok` of a change carries the new `handoff`, of a message its `seq`; `error` of a change that came too late
 * (`conflict`) carries the `handoff` as it is now. Codes: conflict, wrong_state, not_yours, forbidden, unknown, too_long,
 * too_many, unavailable, bad_request. A session that ended closes the socket with code 4401.
 *
 * `queue` and `handoff` carry whole lines (`Handoff`); the page sorts them into the lists by `state` and `agent`. One that
 * has ended, or left the agent's groups, is named in `removed` (or comes as a line with its end's state).
 */
export type Frame =
  | { type: "welcome"; now: string; queue: Handoff[]; mine: Handoff[]; agents: Colleague[]; status: Status }
  | { type: "queue"; handoffs: Handoff[]; removed: number[] }
  | { type: "handoff"; handoff: Handoff }
  /** In JSON the message's own fields stand beside `conversation`: `{type, conversation, seq, at, from, …}`. */
  | { type: "event"; conversation: string; message: Message }
  | { type: "typing"; conversation: string; who: "customer" | "agent"; on: boolean; name: string | null }
  | { type: "read"; conversation: string; who: "customer" | "agent"; seq: number }
  | { type: "presence"; agent: number; status: Status }
  | { type: "load"; agent: number; load: number; max_load: number }
  | { type: "note"; conversation: string; note: Note }
  | { type: "erased"; conversation: string; before: number }
  | { type: "ok"; id: string; handoff: Handoff | null; seq: number | null }
  | { type: "error"; id: string | null; code: string; text: string; handoff: Handoff | null };
