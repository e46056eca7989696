/**
 * `widget.js`: the one script that a shop puts on its pages.
 *
 *   <script src="https://assistant.example/widget.js" data-language="zh" data-colour="#0a5" async></script>
 *
 * It draws a button and, when asked for it, opens the assistant's own page in a frame. It reads its attributes
 * (data-language, -colour, -position, -title, -greeting, -offset), never the shop's page, and keeps two small flags.
 */
import { shape } from "../shared/icons.ts";
import { chooseLanguage, type Language } from "../shared/language.ts";
import "../shared/shopchat.ts";
import { openStore } from "../shared/storage.ts";
import { HELLO, writeSettings, type ToFrame, type ToLauncher } from "./bridge.ts";
import css from "./launcher.inline.css";
import { makeTheme } from "./theme.ts";
import { TitleCall } from "./title.ts";

const PHONE = "(max-width: 480px), (max-height: 430px)";
/** A frame that has not spoken by then is not coming (server down, blocked by a policy). */
const FRAME_WITHIN_MS = 12_000;

const WORDS: Record<Language, { open: string; close: string; frame: string; unread: (count: number) => string; called: string; failed: string; retry: string }> = {
  en: {
    open: "Open chat",
    close: "Close chat",
    frame: "Chat with the shop assistant",
    unread: (count) => `Open chat, ${count} new ${count === 1 ? "message" : "messages"}`,
    called: "New message",
    failed: "The chat cannot be reached right now.",
    retry: "Try again",
  },
  zh: {
    open: "打开聊天",
    close: "关闭聊天",
    frame: "与购物助手聊天",
    unread: (count) => `打开聊天，${count} 条新消息`,
    called: "新消息",
    failed: "暂时无法连接聊天服务。",
    retry: "重试",
  },
};

function start(script: HTMLScriptElement): void {
  const data = script.dataset;
  const frameUrl = new URL("chat/", script.src);
  const marks = openStore("shop-chat:", () => localStorage);
  const visit = openStore("shop-chat:", () => sessionStorage);
  const pageLanguage = (): Language => chooseLanguage(data.language, document.documentElement.lang, ...navigator.languages);
  let language = pageLanguage();
  const words = () => WORDS[language];
  const colour = data.colour ?? data.color ?? null;
  const theme = makeTheme(colour);

  const host = document.createElement("div");
  host.id = "shop-chat";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  host.style.setProperty("--accent", theme.accent);
  host.style.setProperty("--on-accent", theme.onAccent);
  const [right, bottom] = readOffset(data.offset);
  host.style.setProperty("--side", `${right}px`);
  host.style.setProperty("--bottom", `${bottom}px`);
  host.dataset.side = /left/i.test(data.position ?? "") ? "left" : "right";

  const button = element("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel" });
  button.append(shape("M4 5.8h16v10.4h-8.6L7 20v-3.8H4z", "speech"), shape("M6 9.5l6 6 6-6", "chevron"));
  const badge = element("span", { class: "badge", "aria-hidden": "true" });
  badge.hidden = true;
  button.append(badge);
  const panel = element("div", { class: "panel", id: "panel" });
  panel.inert = true;
  const trouble = element("div", { class: "trouble", role: "alert" });
  trouble.hidden = true;
  panel.append(trouble);
  root.append(button, panel);

  let frame: HTMLIFrameElement | null = null;
  let port: MessagePort | null = null;
  let ready = false;
  let open = false;
  let unread = 0;
  let draft: string | null = null;
  let scrollLock: string | null = null;

  const tell = (message: ToFrame): void => port?.postMessage(message);
  const titleCall = new TitleCall(() => words().called);
  /** The frame sees only its own focus; who looks at the shop beside an open chat sees the chat, too. */
  const tellFocus = (): void => {
    tell({ type: "focus", on: document.hasFocus() });
    if (open && document.hasFocus() && !document.hidden) titleCall.stop();
  };
  for (const event of ["focus", "blur"]) window.addEventListener(event, tellFocus);
  document.addEventListener("visibilitychange", tellFocus);

  function load(): void {
    if (frame) return;
    frame = element("iframe", { title: words().frame, allow: "camera; clipboard-write" });
    const settings = { language, colour, title: data.title ?? null, greeting: data.greeting ?? null };
    frame.src = `${frameUrl.href}#${writeSettings(settings)}`;
    frame.addEventListener("load", greet);
    panel.append(frame);
    panel.classList.add("loading");
    setTimeout(() => !ready && showTrouble(), FRAME_WITHIN_MS);
  }

  function greet(): void {
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data: message }: MessageEvent<ToLauncher>) => hear(message);
    // Exactly the assistant's origin: if anything else has been loaded into the frame, it hears nothing.
    frame?.contentWindow?.postMessage({ type: HELLO }, frameUrl.origin, [channel.port2]);
  }

  function hear(message: ToLauncher): void {
    if (message.type === "ready") {
      ready = true;
      host.toggleAttribute("data-ready", true);
      panel.classList.remove("loading");
      trouble.hidden = true;
      if (open) tell({ type: "shown", focus: root.activeElement === frame });
      tellFocus();
      if (draft !== null) tell({ type: "suggest", text: draft });
      draft = null;
    } else if (message.type === "close") setOpen(false);
    else if (message.type === "called") titleCall.start();
    else if (message.type === "blurred") tellFocus();
    else if (message.type === "started") marks.set("started", true);
    else if (message.type === "unread") {
      unread = open ? 0 : Number(message.count) || 0;
      label();
    }
  }

  function showTrouble(): void {
    const retry = element("button", { type: "button" });
    retry.textContent = words().retry;
    retry.addEventListener("click", () => {
      frame?.remove();
      frame = null;
      trouble.hidden = true;
      load();
    });
    const text = element("p", {});
    text.textContent = words().failed;
    trouble.replaceChildren(text, retry);
    trouble.hidden = false;
  }

  function setOpen(value: boolean, focus = true): void {
    if (value) load();
    if (value === open) return;
    open = value;
    visit.set("open", open);
    panel.classList.toggle("open", open);
    host.toggleAttribute("data-open", open);
    panel.inert = !open;
    unread = 0;
    lockPage(open && matchMedia(PHONE).matches);
    fitView();
    label();
    if (open) {
      titleCall.stop();
      tell({ type: "shown", focus });
      if (focus) frame?.focus();
    } else {
      tell({ type: "hidden" });
      if (focus) button.focus();
    }
  }

  /** A full-screen chat must not scroll the shop behind it. */
  function lockPage(on: boolean): void {
    const style = document.documentElement.style;
    if (on && scrollLock === null) {
      scrollLock = style.overflow;
      style.overflow = "hidden";
    } else if (!on && scrollLock !== null) {
      style.overflow = scrollLock;
      scrollLock = null;
    }
  }

  function label(): void {
    const text = open ? words().close : unread ? words().unread(unread) : words().open;
    button.setAttribute("aria-label", text);
    button.setAttribute("aria-expanded", String(open));
    button.title = text;
    badge.hidden = unread === 0;
    badge.textContent = unread > 9 ? "9+" : String(unread);
    if (frame) frame.title = words().frame;
  }

  // A telephone's keyboard covers a part of the page without telling its layout: the chat keeps to what is seen.
  const view = window.visualViewport;
  const fitView = (): void => {
    if (!view || !open || !matchMedia(PHONE).matches) return;
    host.style.setProperty("--view-top", `${view.offsetTop}px`);
    host.style.setProperty("--view-height", `${view.height}px`);
  };
  for (const event of ["resize", "scroll"]) view?.addEventListener(event, fitView);

  button.addEventListener("click", () => setOpen(!open));
  // A head start of some hundred milliseconds, for those who seem about to click.
  for (const event of ["pointerenter", "focus"]) button.addEventListener(event, load, { once: true });
  document.addEventListener("keydown", (event) => {
    // A dialog of the shop's own may want its Escape for itself.
    const ours = document.activeElement === host || document.activeElement === document.body;
    if (event.key === "Escape" && open && ours && !event.defaultPrevented) setOpen(false);
  });
  if (!data.language) {
    // Shops that switch language without a new page.
    new MutationObserver(() => {
      language = pageLanguage();
      label();
      tell({ type: "language", language });
    }).observe(document.documentElement, { attributeFilter: ["lang"] });
  }

  label();
  document.body.append(host);
  window.shopChat = {
    open: () => setOpen(true),
    close: () => setOpen(false),
    toggle: () => setOpen(!open),
    ask(text) {
      if (ready) {
        setOpen(true);
        tell({ type: "suggest", text });
      } else {
        draft = text;
        setOpen(true);
      }
    },
  };

  // Open on the page before means open on this one, but never over a telephone's whole page, and never taking the focus.
  if (visit.get("open", false) && !matchMedia(PHONE).matches) setOpen(true, false);
  // Who has talked before may get an answer from the shop's people at any time: listen, once the page has settled.
  else if (marks.get("started", false)) {
    const settle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1500));
    settle(load);
  }
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string>): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** `"24"`, `"24 96"`, `"24,96"`: distance from the side and from the bottom in pixels. */
function readOffset(value: string | undefined): [number, number] {
  const [side = 20, bottom = side] = (value?.match(/\d+/g) ?? []).map((digits) => Math.min(400, Number(digits)));
  return [side, bottom];
}

// Twice on one page (a tag manager and a template, say) must still be one button.
const script = document.currentScript;
if (script instanceof HTMLScriptElement && !window.shopChat && !document.getElementById("shop-chat")) {
  if (document.body) start(script);
  else document.addEventListener("DOMContentLoaded", () => start(script));
}
