import assert from "node:assert/strict";
import { test } from "node:test";
import { readSettings, writeSettings } from "../src/bridge.ts";
import { safeUrl } from "../src/dom.ts";
import { chooseLanguage, languageOfText } from "../src/language.ts";
import { Outbox } from "../src/outbox.ts";
import { fit, looksLikePicture } from "../src/photo.ts";
import { readEvent, readFrame } from "../src/protocol.ts";
import { Session, SessionRefused } from "../src/session.ts";
import { openStore } from "../src/storage.ts";
import { contrast, DEFAULT_COLOUR, makeTheme, parseColour } from "../src/theme.ts";
import { WORDS } from "../src/words.ts";

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
  for (const unclear of ["M", "A1029", "👍", "ok", "iPhone 15"]) assert.equal(languageOfText(unclear), null, unclear);
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
