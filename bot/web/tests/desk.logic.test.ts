import assert from "node:assert/strict";
import { test } from "node:test";
import { fillIn, insertAt, matching, slashAt } from "../desk/canned.ts";
import { roundUp, roundUpSeconds } from "../desk/charts.ts";
import { Desk } from "../desk/desk.ts";
import { agreed } from "../desk/giveback.ts";
import type { Canned, Colleague, Conversation, Handoff, Message } from "../desk/protocol.ts";
import { readAgent, readFrame, readHandoff, readMe, readMessage, readPacket } from "../desk/reader.ts";
import { commandOf, SINGLE, WITH_ALT } from "../desk/shortcuts.ts";
import { Talk } from "../desk/talk.ts";
import { cut, oneLine, opening, pieces, visible } from "../desk/texts.ts";
import { duration, secondsSince } from "../desk/time.ts";
import { order } from "../desk/transfer.ts";
import { WORDS } from "../desk/words.ts";

const handoff = (change: Partial<Handoff> = {}): Handoff => ({ ...readHandoff({ id: 1, conversation: "c", state: "human", agent: 7, asked: "2026-01-01T10:00:00Z" })!, ...change });
const message = (seq: number, change: object = {}): Message => readMessage({ seq, at: "2026-01-01T10:00:00Z", from: "customer", text: `m${seq}`, ...change })!;
const conversation = (seqs: number[], more = false): Conversation => ({
  conversation: "c", handoff: null, packet: readPacket({}), messages: seqs.map((seq) => message(seq)), more, reads: { customer: 0, agent: 0 }, notes: [], history: [], audit: [],
});
const seqs = (talk: Talk): number[] => talk.messages.map((one) => one.seq);

test("desk frames: known ones are read, strange ones are dropped, parts that are wrong become empty", () => {
  for (const bad of ["", "null", "[]", "{", '{"type":"later"}', '{"type":"event","conversation":"c","from":"nobody","seq":1}', '{"type":"handoff","handoff":{"id":"x"}}']) {
    assert.equal(readFrame(bad), null, bad);
  }
  const frame = readFrame(JSON.stringify({ type: "event", conversation: "c", seq: 3, from: "agent", id: "x", agent: { name: "Mei" }, buttons: [{ title: "Yes" }, 7], photo: {} }));
  assert.ok(frame?.type === "event");
  assert.deepEqual([frame.message.seq, frame.message.agent, frame.message.buttons, frame.message.photo], [3, { name: "Mei" }, ["Yes", "7"], null]);
  const welcome = readFrame(JSON.stringify({ type: "welcome", queue: [{ id: 1, conversation: "a", state: "odd" }, null, 3], mine: "no", agents: [{ id: 2, name: "Tom", status: "asleep" }] }));
  assert.ok(welcome?.type === "welcome");
  assert.deepEqual([welcome.queue.length, welcome.queue[0]?.state, welcome.mine.length, welcome.agents[0]?.status], [1, "closed", 0, "offline"]);
});

test("settings: names may be bare strings, facts an object", () => {
  const me = readMe({ agent: { id: 1, login: "mei" }, csrf: "t", settings: { groups: ["service", { id: "orders", en: "Orders", zh: "订单" }] } });
  assert.deepEqual(me.settings.groups, [{ id: "service", en: "service", zh: "service" }, { id: "orders", en: "Orders", zh: "订单" }]);
  assert.equal(readAgent({ login: "mei" }).name, "mei");
  assert.deepEqual(readPacket({ profile: { size: "M", likes: ["linen", "navy"], empty: "" } }).profile, [{ name: "size", value: "M" }, { name: "likes", value: "linen, navy" }]);
});

test("text: what turns or hides characters is shown, what scripts and emoji need stays", () => {
  assert.equal(visible("a\u202egnp.exe\u202c"), "a⟦U+202E⟧gnp.exe⟦U+202C⟧");
  assert.equal(visible("\u2066x\u2069\u200f\u0007\u200b\ufeff\u00ad"), "⟦U+2066⟧x⟦U+2069⟧⟦U+200F⟧⟦U+0007⟧⟦U+200B⟧⟦U+FEFF⟧⟦U+00AD⟧");
  assert.equal(visible("1\r\n2\u20283"), "1\n2\n3");
  for (const good of ["👩‍👩‍👧", "می‌خواهم", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "مرحبا XL", "有蓝色的吗\t？", "<b>&amp;</b>"]) assert.equal(visible(good), good);
  assert.equal(visible("x\u{e0041}"), "x⟦U+E0041⟧");
});

test("text: cut between characters, a megabyte in pieces that join again", () => {
  assert.deepEqual(cut("ab😀", 3), { text: "ab", cut: true });
  assert.deepEqual(cut("ab😀", 4), { text: "ab😀", cut: false });
  const long = "😀x".repeat(350_000);
  assert.ok(opening(long).cut && opening(long).text.length < 3_000);
  assert.ok(opening("\n".repeat(500)).text.length < 100);
  assert.equal(pieces(long).join(""), long);
  assert.equal(oneLine("a\n\n b", 10), "a b");
  assert.equal(oneLine("abcdef", 3), "abc…");
});

test("talk: in order, no doubles, gaps are asked for, what comes meanwhile is joined", () => {
  const talk = new Talk("c");
  assert.equal(talk.take(message(5)), "gap");
  talk.ask();
  assert.equal(talk.take(message(8)), "gap");
  talk.load(conversation([5, 6, 7]));
  talk.loading = false;
  assert.deepEqual(seqs(talk), [5, 6, 7, 8]);
  assert.equal(talk.take(message(8)), "known");
  assert.equal(talk.take(message(9)), "new");
  assert.equal(talk.take(message(12)), "gap");
  assert.ok(talk.stale);
  assert.deepEqual(seqs(talk), [5, 6, 7, 8, 9]);
  // What comes next while the server is asked is shown at once, and stays when the answer does not have it yet.
  talk.ask();
  assert.equal(talk.take(message(10)), "new");
  talk.addNote({ id: 4, handoff: 1, agent: { id: 7, name: "Mei" }, at: "2026-01-01T10:00:00Z", text: "kind" });
  talk.load(conversation([5, 6, 7, 8, 9]));
  assert.deepEqual([seqs(talk), talk.notes.length], [[5, 6, 7, 8, 9, 10], 1]);
  talk.load(conversation([5, 6, 7, 8, 9, 10]));
  assert.equal(talk.notes.length, 0);
});

test("talk: another hand-over, or another state of it, is looked up anew; what is said is not", () => {
  const desk = new Desk(readAgent({ id: 7, login: "mei" }), readMe({ agent: { id: 7, login: "mei" } }).settings, (run) => run());
  const talk = desk.talk("c");
  for (const [change, stale] of [[{ version: 1 }, true], [{ version: 2, state: "assigned" }, true], [{ version: 2, unread: 3 }, false], [{ id: 2, version: 1 }, true]] as const) {
    talk.stale = false;
    desk.put(handoff(change));
    assert.equal(talk.stale, stale, JSON.stringify(change));
  }
});

test("talk: after a break the answer joins what is known, or takes its place", () => {
  const talk = new Talk("c");
  talk.load(conversation([10, 11, 12], true));
  assert.equal(talk.prepend([8, 9].map((seq) => message(seq)), true), 2);
  assert.ok(talk.load(conversation([11, 12, 13, 14], true)));
  assert.deepEqual(seqs(talk), [8, 9, 10, 11, 12, 13, 14]);
  assert.equal(talk.load(conversation([11, 12, 13, 14], true)), false);
  talk.load(conversation([70, 71], true));
  assert.deepEqual(seqs(talk), [70, 71]);
  assert.ok(talk.more);
});

test("talk: what the customer had erased does not stay, also when it happened in a break", () => {
  const talk = new Talk("c");
  talk.load(conversation([1, 2, 3, 4, 5]));
  talk.erase(3);
  assert.deepEqual(seqs(talk), [3, 4, 5]);
  talk.load(conversation([5, 6], false));
  assert.deepEqual(seqs(talk), [5, 6]);
  // The server counts from 1 again after it.
  talk.reads.agent = 6;
  talk.load(conversation([1, 2], false));
  assert.deepEqual([seqs(talk), talk.reads.agent], [[1, 2], 0]);
  talk.erase(2 ** 31 - 1);
  assert.equal(talk.take(message(1)), "new");
});

const desk = (): Desk => {
  const made = new Desk(readAgent({ id: 7, login: "mei", role: "agent", max_load: 3 }), readMe({}).settings, (run) => run());
  made.welcome({ type: "welcome", now: "2026-01-01T10:00:00Z", queue: [], mine: [], agents: [], status: "online" });
  return made;
};

test("desk: lists by state and agent; an older version never wins", () => {
  const made = desk();
  made.put(handoff({ id: 1, conversation: "a", version: 3 }));
  made.put(handoff({ id: 2, conversation: "b", state: "queued", agent: null, queued: "2026-01-01T10:00:05Z" }));
  made.put(handoff({ id: 3, conversation: "d", state: "queued", agent: null, queued: "2026-01-01T10:00:01Z" }));
  made.put(handoff({ id: 4, conversation: "e", state: "queued", agent: null, priority: 1, queued: "2026-01-01T10:00:09Z" }));
  assert.deepEqual(made.mine.map((one) => one.id), [1]);
  assert.deepEqual(made.waiting.map((one) => one.id), [4, 3, 2]);
  assert.equal(made.put(handoff({ id: 1, conversation: "a", state: "queued", version: 2 })), false);
  assert.deepEqual(made.mine.map((one) => one.id), [1]);
  made.put(handoff({ id: 1, conversation: "a", state: "closed", version: 4 }));
  assert.deepEqual(made.mine, []);
  assert.equal(made.handoffOf("a")?.state, "closed");
});

test("desk: unread counts up, reading clears it, and the customer's wait is that of the first unanswered message", () => {
  const made = desk();
  made.put(handoff({ conversation: "c" }));
  made.open = "c";
  made.talk("c").load(conversation([1]));
  made.message("c", message(2, { at: "2026-01-01T10:01:00Z" }));
  made.message("c", message(3, { at: "2026-01-01T10:02:00Z" }));
  assert.equal(made.handoffOf("c")?.unread, 2);
  assert.equal(made.unanswered.get("c"), "2026-01-01T10:01:00Z");
  assert.equal(made.seen("c"), 3);
  assert.equal(made.handoffOf("c")?.unread, 0);
  assert.equal(made.seen("c"), 0);
  made.message("c", message(4, { from: "agent" }));
  assert.equal(made.unanswered.get("c"), undefined);
});

test("desk: views are told once for many changes, and only those who asked", () => {
  const runs: (() => void)[] = [];
  const made = new Desk(readAgent({ id: 7 }), readMe({}).settings, (run) => runs.push(run));
  const told: string[] = [];
  made.on("lists", () => told.push("lists"));
  made.on("messages", () => told.push("messages"));
  for (let id = 1; id <= 50; id += 1) made.put(handoff({ id, conversation: `c${id}` }));
  assert.equal(runs.length, 1);
  runs[0]!();
  assert.deepEqual(told, ["lists"]);
});

const canned = (id: number, shortcut: string, language: "en" | "zh", title = "", text = "", group: string | null = null): Canned => ({ id, shortcut, language, title, text, filled: text, group });

test("canned replies: found by shortcut, title and text, the conversation's language first, other groups' never", () => {
  assert.deepEqual(slashAt("hi /ret", 7), { start: 3, query: "ret" });
  assert.deepEqual(slashAt("/", 1), { start: 0, query: "" });
  for (const none of ["and/or", "http://x", "/two words", "hi"]) assert.equal(slashAt(none, none.length), null, none);
  const all = [canned(1, "return", "en"), canned(2, "return", "zh"), canned(3, "x", "en", "About returns"), canned(4, "y", "en", "", "you may return it"), canned(5, "return-vip", "en", "", "", "vip")];
  assert.deepEqual(matching(all, "return", "zh", "service").map((one) => one.id), [2, 1, 3, 4]);
  assert.deepEqual(matching(all, "return", "en", "vip").map((one) => one.id), [1, 5, 3, 4, 2]);
  assert.equal(fillIn("Hello {customer}, I am {agent}.", { customer: "A$&", agent: "Mei" }), "Hello A$&, I am Mei.");
  assert.equal(fillIn("{order} {agent} {constructor}", { order: null, agent: "Mei" }), "{order} Mei {constructor}");
  assert.deepEqual(insertAt("so /ret now", 3, 7, "OK"), { text: "so OK now", caret: 5 });
});

const key = (change: object) => ({ key: "", code: "", altKey: false, ctrlKey: false, metaKey: false, isComposing: false, ...change });

test("shortcuts: single keys only outside of fields and only when wanted, Alt keys anywhere, the browser's own never", () => {
  assert.equal(commandOf(key({ key: "c" }), false, true), "claim");
  assert.equal(commandOf(key({ key: "C" }), false, true), "claim");
  assert.equal(commandOf(key({ key: "c" }), true, true), null);
  assert.equal(commandOf(key({ key: "c" }), false, false), null);
  assert.equal(commandOf(key({ key: "c", ctrlKey: true }), false, true), null);
  assert.equal(commandOf(key({ key: "ñ", code: "KeyN", altKey: true }), true, false), "noteSwitch");
  assert.equal(commandOf(key({ key: "n", code: "KeyN", altKey: true, isComposing: true }), true, true), null);
  assert.equal(new Set(SINGLE.map(([one]) => one)).size, SINGLE.length);
  assert.equal(new Set(WITH_ALT.map(([one]) => one)).size, WITH_ALT.length);
});

test("what was agreed: only what was said, colours by the shop's own name, a budget is a number", () => {
  const colours = [{ id: "navy", en: "navy blue", zh: "藏青色" }];
  const none = { size: "", colour: "", budget: "", order: "" };
  assert.deepEqual(agreed(none, colours, "en"), {});
  assert.deepEqual(agreed({ size: " M ", colour: "Navy Blue", budget: "$80", order: "A1029" }, colours, "en"), { size: "M", colour: "navy", budget: 80, order: "A1029" });
  assert.deepEqual(agreed({ ...none, colour: "藏青色", budget: "200 元" }, colours, "zh"), { colour: "navy", budget: 200 });
  assert.deepEqual(agreed({ ...none, colour: "teal", budget: "49,90 €" }, colours, "en"), { colour: "teal", budget: 49.9 });
  for (const bad of ["abc", "-5", "$"]) assert.equal(agreed({ ...none, budget: bad }, colours, "en"), null, bad);
});

test("transfer: who is there, speaks the language and has room comes first", () => {
  const one = (id: number, change: Partial<Colleague>): Colleague => ({ id, name: `n${id}`, role: "agent", groups: [], languages: ["en"], max_load: 4, load: 0, status: "online", ...change });
  const all = [one(1, { status: "away", languages: ["zh"] }), one(2, { languages: ["zh"], load: 4 }), one(3, { languages: ["zh"], load: 2 }), one(4, {}), one(5, { languages: ["zh"], load: 1 })];
  assert.deepEqual(order(all, "zh").map((person) => person.id), [5, 3, 2, 4, 1]);
});

test("times and scales in words", () => {
  const words = WORDS.en;
  assert.deepEqual([5, 59.6, 60, 3599, 3600, 7500, 200_000].map((seconds) => duration(seconds, words)), ["5 s", "1 min", "1 min", "59 min", "1 h", "2 h 5 min", "2 days"]);
  assert.equal(secondsSince("2026-01-01T10:00:00Z", Date.parse("2026-01-01T10:01:00Z")), 60);
  assert.equal(secondsSince("nonsense"), 0);
  assert.deepEqual([0, 1, 3, 7, 11, 99].map(roundUp), [1, 1, 5, 10, 20, 100]);
  assert.deepEqual([0, 45, 700, 200_000].map(roundUpSeconds), [10, 60, 1200, 345_600]);
});

test("both languages have all words, of the same kind", () => {
  const shape = (value: unknown): unknown =>
    typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item)])) : typeof value;
  assert.deepEqual(shape(WORDS.zh), shape(WORDS.en));
});
