/** One message of the conversation as elements. Everything said by people or records is text here, never markup. */
import { linked, make, safeUrl, unturned } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { makeRail } from "./cards.ts";
import type { ChatEvent } from "./protocol.ts";
import type { Words } from "./words.ts";

export interface BubbleActions {
  words: () => Words;
  /** The photo's address with what the server needs to show it to its owner. */
  photoUrl: (url: string) => string;
  onPress: (event: ChatEvent, button: number, card?: number) => void;
  onEnlarge: (picture: HTMLImageElement) => void;
  onEmail: (address: string) => void;
  onRate: (handoff: number, stars: number, comment: string) => void;
  /** What this browser knows to have been given already, or null. */
  starsOf: (handoff: number) => number | null;
}

/** Who says it, in words of the page's language; a person by his name. */
export function speakerOf({ from, agent }: ChatEvent, words: Words): string {
  if (from === "agent") return agent?.name ?? words.sayAgent;
  return { customer: words.sayCustomer, bot: words.sayBot, system: words.saySystem }[from];
}

export function fillBubbles(slot: HTMLElement, event: ChatEvent, actions: BubbleActions): void {
  const words = actions.words();
  slot.className = `slot from-${event.from}`;
  slot.replaceChildren();
  const speaker = speakerOf(event, words);
  slot.append(event.from === "agent" ? makeSpeaker(speaker) : make("span", { class: "unseen" }, speaker));
  const picture = event.photo ? actions.photoUrl(event.photo.url) : safeUrl(event.picture);
  if (picture) slot.append(makePicture(picture, labelPicture(event, words), actions));
  if (event.text) {
    const mayLink = event.from !== "customer";
    slot.append(make("div", { class: "bubble", dir: "auto" }, ...(mayLink ? linked(unturned(event.text)) : [event.text])));
  }
  if (event.cards.length) slot.append(makeRail(event.cards, { words, onPress: (card, button) => actions.onPress(event, button, card) }));
  if (event.buttons.length) slot.append(makeReplies(event, actions));
}

/** Seen only above an agent's messages: the customer should know that a person is writing now, and who. */
function makeSpeaker(name: string): HTMLElement {
  const initial = [...name][0]?.toUpperCase() ?? "";
  return make("span", { class: "speaker" }, make("span", { class: "face", "aria-hidden": "true" }, initial), make("span", { dir: "auto" }, name));
}

/** Several messages of one person in a row carry his name once; it can still be heard with each. */
export function nameSpeaker(slot: HTMLElement, named: boolean): void {
  const speaker = slot.firstElementChild;
  speaker?.classList.toggle("speaker", named);
  speaker?.classList.toggle("unseen", !named);
}

function labelPicture(event: ChatEvent, words: Words): string {
  if (event.from === "agent") return words.pictureOf(speakerOf(event, words));
  return event.photo ? words.yourPhoto : words.picture;
}

function makePicture(source: string, label: string, actions: BubbleActions): HTMLElement {
  const image = make("img", { src: source, alt: label, decoding: "async" });
  const button = make("button", { type: "button", class: "photo", "aria-label": actions.words().enlarge }, image);
  button.addEventListener("click", () => actions.onEnlarge(image));
  image.onerror = () => button.replaceWith(make("div", { class: "bubble gone" }, actions.words().photoGone));
  return button;
}

function makeReplies(event: ChatEvent, actions: BubbleActions): HTMLElement {
  const group = make("div", { class: "replies" });
  event.buttons.forEach(({ title }, index) => {
    const button = make("button", { type: "button", class: "reply", dir: "auto" }, title);
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", "true");
      actions.onPress(event, index);
    });
    group.append(button);
  });
  return group;
}

/** Words to begin with, for who does not know what to say. */
export function makeStarters(starters: readonly string[], onChoose: (text: string) => void): HTMLElement {
  const group = make("div", { class: "replies" });
  for (const text of starters) {
    const button = make("button", { type: "button", class: "reply" }, text);
    button.addEventListener("click", () => onChoose(text));
    group.append(button);
  }
  return group;
}

/** Quick replies belong to the moment: once the customer has gone on, they stay to be read but do nothing. */
export function retireReplies(slot: HTMLElement): void {
  for (const button of slot.querySelectorAll<HTMLButtonElement>(".reply")) button.disabled = true;
}

/** "fresh": just written; most messages are "sent" before a word about it is worth reading. */
export type DeliveryState = "fresh" | "sending" | "waiting" | "failed" | "sent";

/** The line under a message of the customer that is not with the server yet. */
export function showDelivery(slot: HTMLElement, state: DeliveryState, words: Words, onRetry?: () => void): void {
  slot.querySelector(".delivery")?.remove();
  const quiet = state === "sent" || state === "fresh";
  slot.classList.toggle("pending", !quiet);
  if (quiet) return;
  const text = { sending: words.sending, waiting: words.waiting, failed: words.notSent }[state];
  const line = make("p", { class: `delivery ${state}` }, text);
  if (state === "failed" && onRetry) {
    const button = make("button", { type: "button", class: "retry" }, icon("retry"), words.retry);
    button.addEventListener("click", onRetry);
    line.append(" ", button);
  }
  slot.append(line);
}
