/** One message, note or unsent reply as elements. All that people said is text here, never markup. */
import { make, safeUrl } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import type { App } from "./app.ts";
import { customerName } from "./app.ts";
import { cardLine } from "./cards.ts";
import { photoButton } from "./lightbox.ts";
import type { Draft } from "./outbox.ts";
import type { Message, Note } from "./protocol.ts";
import { textBlock, visible } from "./texts.ts";
import { clock } from "./time.ts";

function speaker(app: App, message: Message, conversation: string): string {
  const words = app.words();
  if (message.from === "customer") return customerName(app.desk.handoffOf(conversation), conversation, words);
  if (message.from === "agent") return message.agent?.name || words.sayAgent;
  return message.from === "bot" ? words.sayBot : words.saySystem;
}

const meta = (app: App, name: string, at: string): HTMLElement =>
  make("p", { class: "meta" }, make("span", { class: "speaker", dir: "auto" }, visible(name)), " ", make("time", { datetime: at }, clock(at, app.language())));

export function messageItem(app: App, message: Message, conversation: string): HTMLLIElement {
  const words = app.words();
  const name = speaker(app, message, conversation);
  const item = make("li", { class: `message from-${message.from}`, "data-seq": message.seq }, meta(app, name, message.at));
  if (message.photo) {
    const saw = message.photo.saw ? `${words.saw} ${visible(message.photo.saw)}` : "";
    item.append(photoButton(app.api.photo(message.photo.id, conversation), words.photoFrom(name), saw, words));
    if (saw) item.append(make("p", { class: "saw", dir: "auto" }, saw));
  }
  const picture = message.photo ? null : safeUrl(message.picture);
  if (picture) item.append(photoButton(picture, words.picture, "", words));
  if (message.text) item.append(textBlock(message.text, "bubble", words, message.from !== "customer"));
  if (message.cards.length) {
    const list = make("ul", { class: "message-cards", "aria-label": words.products(message.cards.length) }, ...message.cards.map((card) => make("li", {}, cardLine(card))));
    item.append(list);
  }
  if (message.about) item.append(make("p", { class: "about", dir: "auto" }, visible(message.about)));
  if (message.buttons.length) item.append(make("p", { class: "offered" }, `${words.offered} ${message.buttons.map(visible).join(" · ")}`));
  return item;
}

export function noteItem(app: App, note: Note): HTMLLIElement {
  const words = app.words();
  const item = make("li", { class: "message note", "data-note": note.id }, meta(app, note.agent.name, note.at));
  item.firstElementChild!.prepend(icon("lock"), make("span", { class: "note-label" }, `${words.privateNote} · `));
  item.append(textBlock(note.text, "bubble", words, true));
  return item;
}

export function draftItem(app: App, draft: Draft, handlers: { retry: () => void; discard: () => void }): HTMLLIElement {
  const words = app.words();
  const { outgoing } = draft;
  const item = make("li", { class: `message from-agent unsent ${draft.delivery}`, "data-client": outgoing.client_id }, meta(app, app.desk.me.name, draft.at));
  if (outgoing.type === "say") item.append(textBlock(outgoing.text, "bubble", words));
  else if (outgoing.type === "photo") item.append(photoButton(app.api.photo(outgoing.photo, outgoing.conversation), words.photoFrom(app.desk.me.name), "", words));
  else if (draft.card) item.append(make("div", { class: "message-cards" }, cardLine(draft.card)));
  const state = make("p", { class: "delivery" });
  item.append(state);
  if (draft.delivery === "waiting") state.append(words.sentWhenBack);
  else if (draft.delivery === "sending") state.append(words.sending);
  else if (draft.delivery === "failed") {
    const retry = make("button", { type: "button", class: "link" }, words.retry);
    const discard = make("button", { type: "button", class: "link" }, words.discard);
    retry.addEventListener("click", handlers.retry);
    discard.addEventListener("click", handlers.discard);
    state.append(words.notSent, draft.problem ? ` ${visible(draft.problem)} ` : " ", retry, " ", discard);
  }
  return item;
}
