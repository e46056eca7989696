/** The chat page: header, banner, conversation, composer; and its ties to the launcher on the shop's page. */
import { isTouch, make } from "../shared/dom.ts";
import { icon } from "../shared/icons.ts";
import { chooseLanguage, tagOf, type Language } from "../shared/language.ts";
import type { LineState } from "../shared/reconnecting.ts";
import { openStore } from "../shared/storage.ts";
import { Announcer } from "./announcer.ts";
import { Attention } from "./attention.ts";
import { awaitLauncher, readSettings, type ToFrame, type ToLauncher } from "./bridge.ts";
import { Chat } from "./chat.ts";
import { Composer } from "./composer.ts";
import { HandoffBanner } from "./handoff.ts";
import { Session } from "./session.ts";
import { applyTheme, makeTheme } from "./theme.ts";
import { TitleCall } from "./title.ts";
import { WORDS, type Words } from "./words.ts";

/** Shorter breaks are not worth a word. */
const BANNER_AFTER_MS = 1_200;

const settings = readSettings(location.hash);
const store = openStore("shop-chat:", () => localStorage);
const drafts = openStore("shop-chat:", () => sessionStorage);
const embedded = window.parent !== window;
// What was chosen here (or plainly written) holds for the visit, unless the shop's page itself changes its language.
const choice = drafts.get<{ page: Language | null; chosen: Language } | null>("language", null);
let language: Language =
  (choice?.page === settings.language ? choice.chosen : null) ?? settings.language ?? chooseLanguage(...navigator.languages);
const words = (): Words => WORDS[language];
let launcher: MessagePort | null = null;
const tell = (message: ToLauncher): void => launcher?.postMessage(message);

// Beside the page, so that a shop may serve the whole assistant below a path of its own.
const address = (path: string): URL => new URL(path, location.href.replace(/[?#].*$/, ""));
const socketUrl = address("socket");
socketUrl.protocol = socketUrl.protocol.replace("http", "ws");

applyTheme(makeTheme(settings.colour), document.documentElement);

const title = make("h1", { class: "title", tabindex: -1 });
const subtitle = make("p", { class: "subtitle" });
const languageButton = make("button", { type: "button", class: "header-button language" });
const closeButton = make("button", { type: "button", class: "header-button close", hidden: !embedded }, icon("close"));
const banner = make("p", { class: "banner", role: "status" });
const holder = make("main", { class: "thread" });
const dropZone = make("div", { class: "drop", hidden: true });
const announcer = new Announcer();
const session = new Session(address("session").href, store, () => language);
// On a page of its own the chat has the tab's title to itself; in a frame the launcher does the calling.
const titleCall = new TitleCall(() => words().latest);
const attention = new Attention(
  () => {
    chat.noteRead();
    if (attention.present) titleCall.stop();
  },
  () => tell({ type: "blurred" }),
);
// On a telephone the field's focus would push the keyboard over the conversation.
const focusAgain = (): void => (isTouch() ? title.focus() : composer.focus());
const handoffBanner = new HandoffBanner({
  words,
  onCancel: () => chat.cancelHandoff(),
  announce: (text) => announcer.say(text),
  onFocusLost: focusAgain,
});

function chooseForVisit(chosen: Language): void {
  setLanguage(chosen);
  drafts.set("language", { page: settings.language, chosen });
}

let refused = false;
let bannerTimer: ReturnType<typeof setTimeout> | undefined;

const chat = new Chat({
  holder,
  announcer,
  store,
  session,
  socketUrl: socketUrl.href,
  words,
  language: () => language,
  onLanguage: chooseForVisit,
  onState: showState,
  onRefused: (value) => (refused = value),
  onUnread: (count) => tell({ type: "unread", count }),
  onStarted: () => tell({ type: "started" }),
  onEnlarge: enlarge,
  onHandoff: (handoff) => handoffBanner.show(handoff),
  onCalled: () => (embedded ? tell({ type: "called" }) : titleCall.start()),
  onFocusLost: focusAgain,
  present: () => attention.present,
  greeting: () => settings.greeting ?? words().greeting,
});

const composer = new Composer({
  words,
  language: () => language,
  uploadUrl: address("photos").href,
  token: async (renew) => (renew ? await session.renew() : await session.open()).token,
  onSend: (text, photo) => chat.say(text, photo),
  onType: (text) => chat.typed(text),
  draft: { get: () => drafts.get("draft", ""), set: (text) => drafts.set("draft", text) },
});

document.body.append(
  make("header", { class: "header" }, make("div", { class: "heading" }, title, subtitle), languageButton, closeButton),
  banner,
  holder,
  handoffBanner.element,
  composer.element,
  dropZone,
  announcer.element,
);
relabel();
void chat.start();
if (!embedded) {
  chat.setVisible(true);
  composer.focus();
}

function relabel(): void {
  document.documentElement.lang = tagOf(language);
  document.title = title.textContent = settings.title ?? words().title;
  subtitle.textContent = words().subtitle;
  languageButton.textContent = words().otherLanguage;
  languageButton.setAttribute("aria-label", words().otherLanguageLabel);
  languageButton.lang = language === "zh" ? "en" : "zh-CN";
  closeButton.setAttribute("aria-label", words().close);
  dropZone.textContent = words().dropPhoto;
  handoffBanner.relabel();
  composer.relabel();
  chat.relabel();
}

function setLanguage(chosen: Language): void {
  if (chosen === language) return;
  language = chosen;
  relabel();
}

function showState(state: LineState): void {
  document.documentElement.dataset.line = state;
  if (state === "open") {
    clearTimeout(bannerTimer);
    bannerTimer = undefined;
    banner.textContent = "";
  } else {
    bannerTimer ??= setTimeout(() => (banner.textContent = refused ? words().unavailable : words().reconnecting), BANNER_AFTER_MS);
  }
}

function enlarge(picture: HTMLImageElement): void {
  const close = make("button", { type: "button", class: "dialog-close", "aria-label": words().close }, icon("close"));
  const dialog = make("dialog", { class: "lightbox", "aria-label": picture.alt }, make("img", { src: picture.src, alt: picture.alt }), close);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// --- the launcher ---------------------------------------------------------------------------------------------------

awaitLauncher((port) => {
  launcher = port;
  port.onmessage = ({ data }: MessageEvent<ToFrame>) => {
    if (data.type === "shown") {
      chat.setVisible(true);
      chat.line.nudge();
      if (data.focus) focusAgain();
    } else if (data.type === "hidden") chat.setVisible(false);
    else if (data.type === "focus") attention.hear(data.on);
    else if (data.type === "language") setLanguage(data.language);
    else if (data.type === "suggest") composer.suggest(String(data.text).slice(0, 500));
  };
  tell({ type: "ready" });
});

closeButton.addEventListener("click", () => tell({ type: "close" }));
languageButton.addEventListener("click", () => {
  chooseForVisit(language === "zh" ? "en" : "zh");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
  tell({ type: "close" });
});

// --- the network ----------------------------------------------------------------------------------------------------

window.addEventListener("online", () => chat.line.nudge());
window.addEventListener("offline", () => chat.line.lost());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && chat.line.nudge());

// --- drag and drop --------------------------------------------------------------------------------------------------

const carriesFiles = (event: DragEvent): boolean => [...(event.dataTransfer?.types ?? [])].includes("Files");
let depth = 0;
document.addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  dropZone.hidden = false;
});
document.addEventListener("dragleave", () => {
  depth = Math.max(0, depth - 1);
  dropZone.hidden = depth === 0;
});
document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  depth = 0;
  dropZone.hidden = true;
  if (!carriesFiles(event)) return;
  // Without this the browser would leave the chat and open the file.
  event.preventDefault();
  void composer.takeFiles(event.dataTransfer?.files);
});
