/** Reads what the server says (see protocol.ts); null for a frame that this page does not know. */
import { isObject, list, number, numberOrNull, object, oneOf, parseObject, text, textOrNull, texts, type Json } from "../shared/json.ts";
import type * as P from "./protocol.ts";

const ROLES = ["agent", "lead", "owner"] as const;
const STATUSES = ["online", "away", "offline"] as const;
const STATES = ["bot", "queued", "assigned", "human", "returned", "closed", "offline_ticket"] as const;
const SENDERS = ["customer", "bot", "agent", "system"] as const;
const NEW_YEAR_1970 = "1970-01-01T00:00:00Z";
const time = (value: unknown): string => text(value) || NEW_YEAR_1970;

/** A bare string, or `{id, en, zh}`. */
function readLabelled(value: unknown): P.Labelled | null {
  if (typeof value === "string") return { id: value, en: value, zh: value };
  if (!isObject(value) || !text(value.id)) return null;
  const id = text(value.id);
  return { id, en: text(value.en) || id, zh: text(value.zh) || text(value.en) || id };
}
const labelled = (value: unknown): P.Labelled[] =>
  (Array.isArray(value) ? value : []).map(readLabelled).filter((item) => item !== null);

/** `{name: value}` or `[{name, value}]`; empty values are left out. */
function facts(value: unknown): P.Fact[] {
  const pairs = Array.isArray(value) ? value.filter(isObject).map((item): [string, unknown] => [text(item.name), item.value]) : Object.entries(object(value));
  return pairs
    .map(([name, item]) => ({ name, value: Array.isArray(item) ? texts(item).join(", ") : text(item) }))
    .filter((fact) => fact.name && fact.value);
}

export function readAgent(value: unknown): P.Agent {
  const agent = object(value);
  return {
    id: number(agent.id),
    login: text(agent.login),
    name: text(agent.name) || text(agent.login),
    role: oneOf(agent.role, ROLES, "agent"),
    groups: texts(agent.groups),
    languages: texts(agent.languages),
    max_load: number(agent.max_load, 1),
  };
}

export const readMember = (value: unknown): P.TeamMember => ({ ...readAgent(value), active: object(value).active !== false });

function readColleague(value: Json): P.Colleague {
  const { login: _login, ...agent } = readAgent(value);
  return { ...agent, load: number(value.load), status: oneOf(value.status, STATUSES, "offline") };
}

export function readSettings(value: unknown): P.DeskSettings {
  const settings = object(value);
  return {
    groups: labelled(settings.groups),
    close_reasons: labelled(settings.close_reasons),
    tags: texts(settings.tags),
    sizes: texts(settings.sizes),
    colours: labelled(settings.colours),
    max_text: number(settings.max_text, 4000),
    wait_warning: number(settings.wait_warning, 120),
  };
}

export function readMe(value: unknown): P.Me {
  const me = object(value);
  return { agent: readAgent(me.agent), csrf: text(me.csrf), settings: readSettings(me.settings) };
}

export function readHandoff(value: unknown): P.Handoff | null {
  if (!isObject(value) || typeof value.id !== "number" || !text(value.conversation)) return null;
  const last = isObject(value.last) ? value.last : null;
  return {
    id: value.id,
    conversation: text(value.conversation),
    channel: text(value.channel),
    state: oneOf(value.state, STATES, "closed"),
    version: number(value.version, 1),
    reason: text(value.reason),
    detail: textOrNull(value.detail),
    language: textOrNull(value.language),
    group: text(value.group),
    agent: numberOrNull(value.agent),
    priority: number(value.priority),
    tags: texts(value.tags),
    close_reason: textOrNull(value.close_reason),
    rating: numberOrNull(value.rating),
    rating_comment: textOrNull(value.rating_comment),
    asked: time(value.asked),
    queued: textOrNull(value.queued),
    assigned: textOrNull(value.assigned),
    accepted: textOrNull(value.accepted),
    first_reply: textOrNull(value.first_reply),
    ended: textOrNull(value.ended),
    customer: textOrNull(value.customer),
    mood: textOrNull(value.mood),
    unread: number(value.unread),
    last: last && {
      seq: number(last.seq),
      at: time(last.at),
      from: oneOf(last.from, SENDERS, "system"),
      name: textOrNull(last.name),
      text: textOrNull(last.text),
      photo: last.photo === true,
    },
  };
}

export const readCard = (card: Json): P.Card => ({
  id: text(card.id),
  title: text(card.title),
  price: text(card.price),
  reason: text(card.reason),
  picture: text(card.picture),
  url: text(card.url),
});

export function readMessage(value: unknown): P.Message | null {
  if (!isObject(value) || typeof value.seq !== "number" || !SENDERS.includes(value.from as P.Sender)) return null;
  const photo = isObject(value.photo) && text(value.photo.id) ? { id: text(value.photo.id), saw: textOrNull(value.photo.saw) } : null;
  return {
    seq: value.seq,
    at: time(value.at),
    from: value.from as P.Sender,
    id: textOrNull(value.id),
    text: textOrNull(value.text),
    photo,
    cards: list(value.cards, readCard),
    about: textOrNull(value.about),
    buttons: (Array.isArray(value.buttons) ? value.buttons : []).map((button) => text(object(button).title) || text(button)).filter(Boolean),
    picture: textOrNull(value.picture),
    agent: isObject(value.agent) ? { name: text(value.agent.name) } : null,
  };
}

export function readNote(value: Json): P.Note | null {
  if (typeof value.id !== "number") return null;
  const agent = object(value.agent);
  return { id: value.id, handoff: number(value.handoff), agent: { id: number(agent.id), name: text(agent.name) }, at: time(value.at), text: text(value.text) };
}

const readLine = (line: Json): P.Line => ({
  id: text(line.id),
  title: text(line.title),
  size: textOrNull(line.size),
  quantity: number(line.quantity, 1),
  price: textOrNull(line.price),
  picture: textOrNull(line.picture),
});

export function readPacket(value: unknown): P.Packet {
  const packet = object(value);
  const cart = isObject(packet.cart) ? packet.cart : null;
  const order = isObject(packet.order) ? packet.order : null;
  return {
    summary: textOrNull(packet.summary),
    mood: textOrNull(packet.mood),
    photos: list(packet.photos, (photo) =>
      text(photo.id) ? { id: text(photo.id), at: textOrNull(photo.at), saw: textOrNull(photo.saw), facts: facts(photo.facts) } : null,
    ),
    products: list(packet.products, readCard),
    cart: cart && { lines: list(cart.lines, readLine), total: textOrNull(cart.total) },
    order: order && {
      id: text(order.id),
      status: text(order.status),
      placed: textOrNull(order.placed),
      total: textOrNull(order.total),
      lines: list(order.lines, readLine),
    },
    profile: facts(packet.profile),
  };
}

const readEarlier = (row: Json): P.Earlier => ({
  id: number(row.id),
  conversation: text(row.conversation),
  state: oneOf(row.state, STATES, "closed"),
  reason: text(row.reason),
  asked: time(row.asked),
  ended: textOrNull(row.ended),
  agent: textOrNull(row.agent),
  close_reason: textOrNull(row.close_reason),
  tags: texts(row.tags),
  rating: numberOrNull(row.rating),
});

const readChange = (row: Json): P.Change => ({
  at: time(row.at),
  event: text(row.event),
  from_state: oneOf(row.from_state, STATES, "bot"),
  to_state: oneOf(row.to_state, STATES, "bot"),
  actor: text(row.actor),
});

const bySeq = (messages: P.Message[]): P.Message[] => messages.sort((one, other) => one.seq - other.seq);

export function readConversation(id: string, value: unknown): P.Conversation {
  const body = object(value);
  const reads = object(body.reads);
  return {
    conversation: id,
    handoff: readHandoff(body.handoff),
    packet: readPacket(body.packet),
    messages: bySeq(list(body.messages, readMessage)),
    more: body.more === true,
    reads: { customer: number(reads.customer), agent: number(reads.agent) },
    notes: list(body.notes, readNote),
    history: list(body.history, readEarlier),
    audit: list(body.audit, readChange),
  };
}

export function readPage(value: unknown): P.MessagePage {
  const body = object(value);
  return { messages: bySeq(list(body.messages, readMessage)), more: body.more === true };
}

export const readFound = (value: unknown): P.Found[] =>
  list(object(value).results, (row) =>
    text(row.conversation)
      ? { conversation: text(row.conversation), handoff: readHandoff(row.handoff), at: time(row.at), snippet: text(row.snippet) }
      : null,
  );

export const readSuggestion = (value: unknown): P.Suggestion => {
  const body = object(value);
  return { text: textOrNull(body.text), cards: list(body.cards, readCard) };
};

export function readCanned(value: unknown): P.Canned | null {
  if (!isObject(value) || typeof value.id !== "number") return null;
  return {
    id: value.id,
    shortcut: text(value.shortcut).replace(/^\//, ""),
    language: value.language === "zh" ? "zh" : "en",
    title: text(value.title),
    text: text(value.text),
    filled: text(value.filled) || text(value.text),
    group: textOrNull(value.group),
  };
}

/** One frame of the socket. */
export function readFrame(data: unknown): P.Frame | null {
  const frame = parseObject(data);
  if (!frame) return null;
  const conversation = text(frame.conversation);
  const who = frame.who === "agent" ? "agent" : "customer";
  switch (frame.type) {
    case "welcome":
      return {
        type: "welcome",
        now: time(frame.now),
        queue: list(frame.queue, readHandoff),
        mine: list(frame.mine, readHandoff),
        agents: list(frame.agents, readColleague),
        status: oneOf(frame.status, STATUSES, "online"),
      };
    case "queue":
      return { type: "queue", handoffs: list(frame.handoffs, readHandoff), removed: (Array.isArray(frame.removed) ? frame.removed : []).map((id) => number(id)) };
    case "handoff": {
      const handoff = readHandoff(frame.handoff);
      return handoff && { type: "handoff", handoff };
    }
    case "event": {
      const message = readMessage(frame);
      return message && conversation ? { type: "event", conversation, message } : null;
    }
    case "typing":
      return { type: "typing", conversation, who, on: frame.on === true, name: textOrNull(frame.name) };
    case "read":
      return { type: "read", conversation, who, seq: number(frame.seq) };
    case "presence":
      return { type: "presence", agent: number(frame.agent), status: oneOf(frame.status, STATUSES, "offline") };
    case "load":
      return { type: "load", agent: number(frame.agent), load: number(frame.load), max_load: number(frame.max_load) };
    case "note": {
      const note = readNote(object(frame.note));
      return note && { type: "note", conversation, note };
    }
    case "erased":
      return { type: "erased", conversation, before: number(frame.before) };
    case "ok":
      return { type: "ok", id: text(frame.id), handoff: readHandoff(frame.handoff), seq: numberOrNull(frame.seq) };
    case "error":
      return { type: "error", id: textOrNull(frame.id), code: text(frame.code), text: text(frame.text), handoff: readHandoff(frame.handoff) };
    default:
      return null;
  }
}
