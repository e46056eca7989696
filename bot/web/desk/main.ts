/** The desk: signs in, keeps the line, and puts the views together. */
import { openStore } from "../shared/storage.ts";
import { Actions } from "./actions.ts";
import { Alerts } from "./alerts.ts";
import { Api, ApiError } from "./api.ts";
import type { App } from "./app.ts";
import { CannedStore } from "./cannedstore.ts";
import { Desk } from "./desk.ts";
import { Incoming } from "./incoming.ts";
import { Line } from "./line.ts";
import { Outbox } from "./outbox.ts";
import { apply, Prefs } from "./prefs.ts";
import type { Me } from "./protocol.ts";
import { readMe } from "./reader.ts";
import { Shell } from "./shell.ts";
import { signInPage } from "./signin.ts";
import { Toasts } from "./toasts.ts";
import { WORDS, type Words } from "./words.ts";

/** Before what is kept for this tab. */
const TAB = "desk-tab:";
const prefs = new Prefs(openStore("desk:", () => localStorage), navigator.languages);
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const words = (): Words => WORDS[prefs.all.language];
const toasts = new Toasts();
const api = new Api(() => prefs.all.language, () => leave(words().signedOut));
const alerts = new Alerts(prefs);

/** What there is only between signing in and signing out. */
interface Visit {
  desk: Desk;
  line: Line;
  outbox: Outbox;
  canned: CannedStore;
  shell: Shell;
  incoming: Incoming;
  life: AbortController;
}
let visit: Visit | null = null;
let app: App;

const applyPrefs = (): void => apply(prefs.all, document.documentElement, systemIsDark.matches);
systemIsDark.addEventListener("change", applyPrefs);
applyPrefs();
void start();

// --- in and out -----------------------------------------------------------------------------------------------------

async function start(): Promise<void> {
  try {
    enter(readMe(await api.get("me")));
  } catch (error) {
    // Not signed in: `leave` has shown the form already.
    if (error instanceof ApiError && error.status === 401) return;
    showSignIn(words().notHere);
    setTimeout(() => !visit && void start(), 4_000);
  }
}

function showSignIn(notice = ""): void {
  document.title = words().title;
  document.body.replaceChildren(
    signInPage({
      api,
      language: prefs.all.language,
      onLanguage: (language) => {
        prefs.set({ language });
        applyPrefs();
        showSignIn();
      },
      notice,
      onDone: () => void start(),
    }),
  );
  document.querySelector<HTMLInputElement>("input[name=login]")?.focus();
}

/** The session has ended, here or on the server. */
function leave(notice: string): void {
  const wasIn = visit !== null;
  visit?.life.abort();
  visit?.line.stop();
  visit = null;
  api.csrf = "";
  document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
  showSignIn(wasIn ? notice : "");
}

async function signOut(): Promise<void> {
  // What was not sent must not be found by whoever sits here next.
  forgetTab();
  const csrf = api.csrf;
  leave("");
  api.csrf = csrf;
  await api.call("POST", "sign-out").catch(() => undefined);
  api.csrf = "";
}

function forgetTab(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(TAB)) sessionStorage.removeItem(key);
  } catch {
    // Storage that cannot be read has kept nothing.
  }
}

function enter(me: Me): void {
  api.csrf = me.csrf || api.csrf;
  const desk = new Desk(me.agent, me.settings);
  const address = new URL("socket", location.href.replace(/[?#].*$/, ""));
  address.protocol = address.protocol.replace("http", "ws");
  const line = new Line({
    url: () => `${address.href}?language=${prefs.all.language}`,
    onFrame: (frame) => visit?.incoming.take(frame),
    onState: (state) => visit?.shell.showLine(state),
    onTrouble: (sentence) => visit?.shell.showTrouble(sentence),
    onSignedOut: () => leave(words().signedOut),
  });
  // Each agent's own: what one has left unsent must never go out in the name of the next.
  const tab = openStore(`${TAB}${me.agent.id}:`, () => sessionStorage);
  const outbox = new Outbox(tab, async (outgoing) => {
    const answer = await line.request(outgoing);
    if (answer.handoff) desk.put(answer.handoff);
    return answer;
  }, () => desk.touch("messages"));
  const life = new AbortController();
  const canned = new CannedStore(api);
  app = {
    desk,
    api,
    line,
    outbox,
    prefs,
    alerts,
    actions: new Actions(() => app),
    tab,
    words,
    language: () => prefs.all.language,
    say: (text: string, kind?: "problem") => toasts.say(text, kind),
    announce: (text: string) => toasts.announce(text),
    show,
    redraw,
    signOut: () => void signOut(),
    life: life.signal,
  };
  visit = { desk, line, outbox, canned, life, shell: new Shell(app, canned, applyPrefs, remember), incoming: new Incoming(app) };
  mount();
  listen(line, life.signal);
  void canned.load();
  line.start();
  fromAddress();
}

function listen(line: Line, signal: AbortSignal): void {
  window.addEventListener("online", () => line.nudge(), { signal });
  window.addEventListener("offline", () => line.lost(), { signal });
  window.addEventListener("hashchange", () => fromAddress(), { signal });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && line.nudge(), { signal });
}

function mount(): void {
  document.body.replaceChildren(...visit!.shell.element, toasts.element, toasts.heard);
}

/** Everything in another language; the line and what is known stay. */
function redraw(): void {
  if (!visit) return;
  const { desk, canned, shell } = visit;
  visit.life.abort();
  visit.life = new AbortController();
  desk.forgetListeners();
  app.life = visit.life.signal;
  listen(visit.line, app.life);
  visit.shell = new Shell(app, canned, applyPrefs, remember);
  visit.shell.setView(shell.view);
  mount();
}

// --- which conversation ---------------------------------------------------------------------------------------------

function show(conversation: string | null, focus?: "composer" | "row"): void {
  if (!visit) return;
  const { desk, shell } = visit;
  desk.open = conversation;
  desk.touch("open", "packet");
  // At once: the next key must not reach the conversation that was open before.
  desk.flush();
  remember();
  shell.shown(focus);
}

/** The address names what is shown, so that a reload shows it again. */
function remember(): void {
  const now = visit?.shell?.view === "figures" ? "#figures" : visit?.desk.open ? `#c/${encodeURIComponent(visit.desk.open)}` : "";
  if (visit && location.hash !== now) history.replaceState(null, "", now || location.pathname + location.search);
}

function fromAddress(): void {
  if (location.hash === "#figures") visit?.shell.setView("figures");
  const match = /^#c\/(.+)$/.exec(location.hash);
  if (!match) return;
  let id: string;
  try {
    id = decodeURIComponent(match[1]!);
  } catch {
    return; // an address that somebody typed
  }
  if (id !== visit?.desk.open) show(id);
}
