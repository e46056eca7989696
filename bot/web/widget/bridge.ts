/**
 * What the launcher on the shop's page and the chat in the frame say to each other. The launcher addresses its first
 * message to the frame's exact origin and hands over a MessagePort with it; all further talk goes over that port, which
 * no other page can read or write. Nothing of the conversation ever passes here.
 */
import { readLanguage, type Language } from "../shared/language.ts";

export const HELLO = "shop-chat:hello";

/** Launcher → frame. */
export type ToFrame =
  | { type: "shown"; focus: boolean }
  | { type: "hidden" }
  | { type: "language"; language: Language }
  | { type: "suggest"; text: string }
  /** Whether the shop's page (with all that is in it) has the focus. */
  | { type: "focus"; on: boolean };

/** Frame → launcher. */
export type ToLauncher =
  | { type: "ready" }
  | { type: "close" }
  | { type: "unread"; count: number }
  /** A person has written, and the customer is not looking. */
  | { type: "called" }
  /** The frame has lost the focus: to the shop's page, or to another window? */
  | { type: "blurred" }
  | { type: "started" };

/** The look and voice that the shop's page gives to the frame, in the frame address's fragment (never sent to a server). */
export interface FrameSettings {
  language: Language | null;
  colour: string | null;
  title: string | null;
  greeting: string | null;
}

const LONGEST_TEXT = 300;

export function writeSettings(settings: FrameSettings): string {
  const fields = Object.entries(settings).filter((field): field is [string, string] => Boolean(field[1]));
  return new URLSearchParams(fields).toString();
}

export function readSettings(fragment: string): FrameSettings {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const short = (name: string): string | null => fields.get(name)?.slice(0, LONGEST_TEXT) || null;
  return { language: readLanguage(fields.get("language")), colour: short("colour"), title: short("title"), greeting: short("greeting") };
}

/** In the frame: waits for the launcher (only the page around us can be it). Without one, nothing ever comes. */
export function awaitLauncher(onPort: (port: MessagePort) => void): void {
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || window.parent === window) return;
    if ((event.data as { type?: unknown } | null)?.type !== HELLO || !event.ports[0]) return;
    onPort(event.ports[0]);
  });
}
