import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { safeUrl, unturned } from "../shared/dom.ts";
import { chooseLanguage, languageOfText } from "../shared/language.ts";
import { fit, looksLikePicture } from "../shared/photo.ts";
import { openStore } from "../shared/storage.ts";
import { readSettings, writeSettings } from "../widget/bridge.ts";
import { looksLikeEmail } from "../widget/email.ts";
import { announcement, describe } from "../widget/handoff.ts";
import { Outbox } from "../widget/outbox.ts";
import { makeOwn } from "../widget/own.ts";
import { readEvent, readFrame, readHandoff, WITH_THE_BOT, type Handoff } from "../widget/protocol.ts";
import { Rated } from "../widget/rated.ts";
import { lastRead } from "../widget/seen.ts";
import { Session, SessionRefused } from "../widget/session.ts";
import { ReadSignal, TypingSignal } from "../widget/signals.ts";
import { contrast, DEFAULT_COLOUR, makeTheme, parseColour } from "../widget/theme.ts";
import { TitleCall } from "../widget/title.ts";
import { Typists, type Typist } from "../widget/typists.ts";
import { WORDS } from "../widget/words.ts";

const memory = () => openStore("t:", () => undefined as unknown as Storage);

test("frames: known ones are read, strange ones are dropped", () => {
  assert.deepEqual(readFrame('{"type":"ack","id":"a","seq":3}'), { type: "ack", id: "a", seq: 3 });
  for (const bad of ["", "null", "[]", "{", '{"type":"later"}', '{"type":"event","from":"nobody","seq":1}', '{"type":"event","from":"bot"}']) {
    assert.equal(readFrame(bad), null, bad);
  }
});

test("events: missing and wrong parts become empty, never an exception", () => {
  const event = readEvent({ seq: 1, from: "bot", cards: [{ title: 7, buttons: "x" }, null], buttons: [{ title: "Yes" }, 3], photo: {} });
  assert.deepEqual(event?.cards, [{ id: "", title: "", price: "", reason: "", picture: "", url: "", buttons: [] }]);
  assert.deepEqual(event?.buttons, [{ title: "Yes" }]);
  assert.equal(event?.photo, null);
  assert.equal(event?.text, null);
});

test("addresses: only http and https become links or pictures", () => {
  const base = "https://shop.example/chat/";
  assert.equal(safeUrl("/shop/p1", base), "https://shop.example/shop/p1");
  for (const bad of ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "https://", "", null]) {
    assert.equal(safeUrl(bad, base), null, String(bad));
  }
});

test("colours: only hexadecimal ones, and always readable text on and in them", () => {
  assert.equal(parseColour("#0A5"), "#00aa55");
  assert.equal(parseColour("red;} body{display:none"), null);
  assert.equal(makeTheme("url(x)").accent, DEFAULT_COLOUR);
  for (const colour of ["#ffffff", "#000000", "#ffcc00", "#0a5", "#1f5f5b", "#ff0066", "#808080"]) {
    const theme = makeTheme(colour);
    assert.ok(contrast(theme.onAccent, theme.accent) >= 4.5, `${colour} as a background`);
    assert.ok(contrast(theme.ink, "#f1f3f2") >= 4.5, `${colour} as text`);
  }
});

test("language: of the page, then of the browser; of a text only when it can be told", () => {
  assert.equal(chooseLanguage(null, "", "zh-Hant-TW", "en"), "zh");
  assert.equal(chooseLanguage("de", "en-GB"), "en");
  assert.equal(chooseLanguage("fr"), "en");
  assert.equal(languageOfText("有蓝色的吗"), "zh");
  assert.equal(languageOfText("do you have this in blue"), "en");
  for (const unclear of ["M", "A1029", "👍", "ok", "iPhone 15", "anna.maria.smith@mail.example.com", "https://shop.example/shop/a-red-dress"]) assert.equal(languageOfText(unclear), null, unclear);
});

test("both languages have all words", () => {
  assert.deepEqual(Object.keys(WORDS.zh), Object.keys(WORDS.en));
  assert.equal(WORDS.en.products(1), "1 product");
});

test("photos fit into the largest side and are never enlarged", () => {
  assert.deepEqual(fit(4000, 3000), { width: 1280, height: 960 });
  assert.deepEqual(fit(100, 4000), { width: 32, height: 1280 });
  assert.deepEqual(fit(640, 480), { width: 640, height: 480 });
  assert.deepEqual(fit(1, 9000), { width: 1, height: 1280 });
  assert.ok(looksLikePicture({ type: "", name: "IMG_1.HEIC" } as File));
  assert.ok(!looksLikePicture({ type: "text/plain", name: "a.jpg" } as File));
});

test("the frame's settings survive the address", () => {
  const settings = { language: "zh" as const, colour: "#0a5", title: "云雀 & 助手", greeting: "您好 #1" };
  assert.deepEqual(readSettings("#" + writeSettings(settings)), settings);
  assert.deepEqual(readSettings(""), { language: null, colour: null, title: null, greeting: null });
  assert.equal(readSettings("#language=xx").language, null);
});

test("the outbox keeps each message once and survives rubbish in storage", () => {
  const store = memory();
  const outbox = new Outbox(store);
  const message = { type: "say", id: "1", text: "a", photo: null, language: null } as const;
  outbox.add(message);
  outbox.add(message);
  assert.equal(outbox.all().length, 1);
  outbox.remove("1");
  assert.deepEqual(outbox.all(), []);
  store.set("outbox", { not: "a list" });
  assert.deepEqual(outbox.all(), []);
  store.set("outbox", [null, { id: 3 }]);
  assert.deepEqual(outbox.all(), []);
});

test("the session keeps its conversation, shares one request, and tells refusal from trouble", async () => {
  const store = memory();
  const bodies: unknown[] = [];
  let status = 200;
  const request = (async (_url: string, details: RequestInit) => {
    bodies.push(JSON.parse(String(details.body)));
    return new Response(JSON.stringify({ token: "t1", conversation: "c1", language: "zh" }), { status });
  }) as unknown as typeof fetch;
  const session = new Session("https://x/chat/session", store, () => "zh", request);
  const [one, two] = await Promise.all([session.open(), session.renew()]);
  assert.equal(one, two);
  assert.equal(bodies.length, 1);
  assert.deepEqual(bodies[0], { language: "zh" });
  session.expire();
  await session.open();
  assert.deepEqual(bodies[1], { token: "t1", language: "zh" });
  status = 503;
  await assert.rejects(session.renew(), TypeError);
  status = 403;
  await assert.rejects(session.renew(), SessionRefused);
});

const queued = (parts: Partial<Handoff> = {}): Handoff => ({ state: "queued", place: 3, wait: 4, agent: null, ...parts });
const mei = { name: "Mei" };

test("frames of a hand-over: read with care, and strange ones do no harm", () => {
  assert.deepEqual(readFrame('{"type":"handoff","state":"queued","place":2,"wait":null,"agent":null}'), {
    type: "handoff",
    handoff: queued({ place: 2, wait: null }),
  });
  assert.deepEqual(readHandoff({ state: "human", place: -1, wait: "4", agent: { name: "Mei" } }), { state: "human", place: null, wait: null, agent: mei });
  assert.equal(readHandoff({ state: "queued", place: 0, wait: 0.5 })?.place, null);
  for (const end of ["bot", "returned", "closed", "offline_ticket"]) assert.equal(readHandoff({ state: end }), WITH_THE_BOT, end);
  for (const bad of ['{"type":"handoff"}', '{"type":"handoff","state":"lost"}']) assert.equal(readFrame(bad), null, bad);
  assert.deepEqual(readFrame('{"type":"typing","on":true}'), { type: "typing", on: true, who: "bot", name: "" });
  assert.deepEqual(readFrame('{"type":"typing","on":true,"who":"agent","name":"Mei"}'), { type: "typing", on: true, who: "agent", name: "Mei" });
  assert.deepEqual(readFrame('{"type":"read","seq":"9"}'), { type: "read", seq: 0 });
});

test("events of a hand-over: who speaks, what is asked; names are one short line that turns nothing", () => {
  const read = (parts: object) => readEvent({ seq: 1, from: "agent", ...parts });
  assert.deepEqual(read({ agent: { name: " Mei\n\u202eniL\u202c  L " } })?.agent, { name: "MeiniL L" });
  assert.equal(read({ agent: { name: "x".repeat(500) } })?.agent?.name.length, 60);
  for (const agent of [null, "Mei", { name: 7 }, { name: "\u202e" }]) assert.equal(read({ agent })?.agent, null);
  assert.equal(read({ form: "email" })?.form, "email");
  assert.equal(read({ form: "password" })?.form, null);
  assert.deepEqual(read({ rating: { handoff: 7 } })?.rating, { handoff: 7, stars: null });
  assert.deepEqual(read({ rating: { handoff: 7, stars: 4 } })?.rating, { handoff: 7, stars: 4 });
  assert.deepEqual(read({ rating: { handoff: 7, stars: 9 } })?.rating, { handoff: 7, stars: null });
  for (const rating of [true, {}, { handoff: "7" }]) assert.equal(read({ rating })?.rating, null);
  assert.equal(unturned("\u202ea\u2066b\u200fc"), "ab\u200fc");
});

test("the line above the composer claims only what is known", () => {
  const { en, zh } = WORDS;
  assert.deepEqual(describe(queued(), en), { text: "Waiting for our team", detail: "Number 3 in the queue, about 4 minutes", mayCancel: true });
  assert.equal(describe(queued({ place: 1, wait: 1 }), en)?.detail, "You are next, about 1 minute");
  assert.equal(describe(queued({ wait: 0 }), en)?.detail, "Number 3 in the queue, less than a minute");
  assert.equal(describe(queued({ wait: null }), zh)?.detail, "您排在第 3 位");
  assert.equal(describe(queued({ place: null, wait: null }), en)?.detail, "");
  assert.deepEqual(describe(queued({ state: "assigned", agent: mei }), en), { text: "Mei will be with you in a moment", detail: "", mayCancel: true });
  assert.deepEqual(describe(queued({ state: "human", agent: mei }), en), { text: "You are talking to Mei", detail: "", mayCancel: false });
  assert.equal(describe(queued({ state: "human" }), zh)?.text, "客服正在为您服务");
  assert.equal(describe(WITH_THE_BOT, en), null);
});

test("a hand-over is announced when something has changed, not at every step of the queue", () => {
  const news = (before: Handoff, after: Handoff) => announcement(before, after, WORDS.en);
  assert.equal(news(WITH_THE_BOT, WITH_THE_BOT), null);
  assert.equal(news(WITH_THE_BOT, queued()), "Waiting for our team, Number 3 in the queue, about 4 minutes");
  assert.equal(news(queued(), queued({ place: 2, wait: 3 })), null);
  assert.equal(news(queued(), queued({ state: "human", agent: mei })), "You are talking to Mei");
  assert.equal(news(queued({ state: "human", agent: mei }), queued({ state: "human", agent: { name: "Jon" } })), "You are talking to Jon");
  assert.equal(news(queued({ state: "human", agent: mei }), WITH_THE_BOT), "You are talking to the assistant again.");
});

test("the customer's typing is told at most every three seconds, to a person only, and ends", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const told: boolean[] = [];
  let now = 0;
  const signal = new TypingSignal((on) => told.push(on), () => now);
  const pass = (ms: number): void => {
    now += ms;
    mock.timers.tick(ms);
  };
  signal.typed("h");
  assert.deepEqual(told, [], "nobody there");
  signal.enable(true);
  for (const text of ["h", "he", "hel"]) signal.typed(text);
  assert.deepEqual(told, [true]);
  pass(3_000);
  signal.typed("hell");
  assert.deepEqual(told, [true, true]);
  pass(4_999);
  assert.equal(told.length, 2);
  pass(1);
  assert.deepEqual(told.splice(0), [true, true, false], "paused");
  signal.typed("hello");
  signal.stop();
  signal.stop();
  assert.deepEqual(told.splice(0), [true, false], "sent");
  signal.typed("x");
  signal.typed(" ");
  assert.deepEqual(told.splice(0), [true, false], "emptied");
  signal.typed("x");
  signal.enable(false);
  signal.typed("xy");
  pass(60_000);
  assert.deepEqual(told, [true, false], "the assistant is back");
});

test("what was read is told once, and later if the line was down", () => {
  const sent: number[] = [];
  let up = true;
  const signal = new ReadSignal((seq) => {
    if (up) sent.push(seq);
    return up;
  });
  for (const seq of [0, 4, 4, 3]) signal.note(seq);
  up = false;
  signal.note(9);
  up = true;
  signal.note(9);
  assert.deepEqual(sent, [4, 9]);
});

test("who types: a person goes before the assistant, each stops by himself, and none for ever", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  let shown: Typist | null = null;
  const typists = new Typists((typist) => (shown = typist));
  typists.start("bot");
  typists.start("agent", "Mei");
  assert.deepEqual(shown, { who: "agent", name: "Mei" });
  typists.stop("agent");
  assert.deepEqual(shown, { who: "bot", name: "" });
  typists.start("agent", "Mei");
  mock.timers.tick(9_000);
  typists.start("agent", "Mei");
  mock.timers.tick(9_000);
  assert.equal((shown as Typist | null)?.who, "agent", "said again in time");
  mock.timers.tick(1_000);
  assert.equal((shown as Typist | null)?.who, "bot");
  mock.timers.tick(45_000);
  assert.equal(shown, null);
  typists.start("bot");
  typists.stop();
  assert.equal(shown, null);
});

test("only the customer's last message can be marked as seen", () => {
  const entry = (seq: number, from: "customer" | "agent", delivery: "sent" | "waiting" = "sent") => ({ event: makeOwn(String(seq), { seq, from }), delivery });
  const talk = [entry(1, "customer"), entry(2, "agent"), entry(3, "customer"), entry(4, "agent")];
  assert.equal(lastRead(talk, 3), talk[2]);
  assert.equal(lastRead(talk, 2), null, "an earlier one says nothing about the last");
  assert.equal(lastRead([...talk, entry(0, "customer", "waiting")], 9), null);
  assert.equal(lastRead([], 9), null);
});

test("e-mail addresses: what can be written to, and no more", () => {
  for (const good of ["a@b.co", "anna.maria+shop@mail.example.com", "李@例子.中国"]) assert.ok(looksLikeEmail(good), good);
  for (const bad of ["", "anna", "anna@smith", "a@b.", "a@.b", "a b@c.de", "a@b@c.de", "<a@b.co>", `${"a".repeat(250)}@b.co`]) assert.ok(!looksLikeEmail(bad), bad);
});

test("ratings are remembered, within bounds, and survive rubbish in storage", () => {
  const store = memory();
  const rated = new Rated(store);
  assert.equal(rated.stars(1), null);
  for (let handoff = 1; handoff <= 30; handoff += 1) rated.remember(handoff, 4);
  rated.remember(30, 5);
  assert.equal(new Rated(store).stars(30), 5);
  assert.equal(rated.stars(1), null);
  rated.forget(30);
  assert.equal(rated.stars(30), null);
  assert.equal(rated.stars(29), 4);
  for (const rubbish of [{}, [1], [["a", 2], null]]) {
    store.set("rated", rubbish);
    assert.equal(rated.stars(1), null);
  }
});

test("the tab's title calls in turns, stops, and gives the page its own back", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval"] });
  const page = { title: "Shop" };
  const call = new TitleCall(() => "New message", () => false, page);
  call.start();
  assert.equal(page.title, "New message · Shop");
  mock.timers.tick(1_500);
  assert.equal(page.title, "Shop");
  mock.timers.tick(1_500);
  page.title = "Shop: shoes";
  mock.timers.tick(1_500);
  assert.equal(page.title, "New message · Shop: shoes", "the page went on meanwhile");
  mock.timers.tick(1_500 * 100);
  assert.equal(page.title, "New message · Shop: shoes", "stands still in the end");
  call.stop();
  assert.equal(page.title, "Shop: shoes");
  call.stop();
  const still = new TitleCall(() => "New message", () => true, page);
  still.start();
  mock.timers.tick(1_500 * 3);
  assert.equal(page.title, "New message · Shop: shoes");
  page.title = "Checkout";
  still.stop();
  assert.equal(page.title, "Checkout");
});
