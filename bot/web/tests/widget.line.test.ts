import assert from "node:assert/strict";
import { beforeEach, test, mock } from "node:test";
import { backoff, type LineState } from "../shared/reconnecting.ts";
import { openStore } from "../shared/storage.ts";
import { Outbox } from "../widget/outbox.ts";
import type { Outgoing, ServerFrame } from "../widget/protocol.ts";
import { Line, LONGEST_DELAY_MS } from "../widget/line.ts";

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  receive(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  welcome(events: unknown[] = []): void {
    this.open();
    this.receive({ type: "welcome", conversation: "c", language: "en", last: events.length, events });
  }
  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const memoryStore = () =>
  openStore("t:", () => {
    throw new Error("no storage");
  });
const hello: Outgoing = { type: "say", id: "m1", text: "hello", photo: null, language: "en" };
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};
const last = (): FakeSocket => FakeSocket.all.at(-1)!;

function makeLine(token: () => Promise<string> = async () => "t") {
  const frames: ServerFrame[] = [];
  const states: LineState[] = [];
  const outbox = new Outbox(memoryStore());
  let expired = 0;
  const line = new Line({
    url: "ws://x/chat/socket",
    token,
    expire: () => (expired += 1),
    since: () => 7,
    outbox,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    createSocket: () => new FakeSocket() as unknown as WebSocket,
    random: () => 1,
  });
  return { line, frames, states, outbox, expired: () => expired };
}

beforeEach(() => {
  FakeSocket.all = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
});

test("says hello with the token and the last message seen", async () => {
  const { line, states } = makeLine();
  line.start();
  await settle();
  last().welcome();
  assert.deepEqual(last().sent[0], { type: "hello", token: "t", since: 7 });
  assert.deepEqual(states, ["connecting", "open"]);
});

test("a message that was not acknowledged goes out again under the same id after the line came back", async () => {
  const { line, outbox } = makeLine();
  line.start();
  await settle();
  last().welcome();
  line.send(hello);
  assert.deepEqual(last().sent.at(-1), hello);
  last().break();
  assert.equal(line.state, "waiting");
  mock.timers.tick(400);
  await settle();
  last().welcome();
  assert.deepEqual(last().sent.at(-1), hello);
  assert.equal(FakeSocket.all.length, 2);
  outbox.remove("m1");
  last().break();
  mock.timers.tick(400);
  await settle();
  last().welcome();
  assert.equal(last().sent.length, 1, "acknowledged: only the hello");
});

test("a message written while offline waits for the line", async () => {
  const { line } = makeLine();
  line.start();
  line.send(hello);
  await settle();
  last().open();
  assert.equal(last().sent.length, 1, "not before the welcome");
  last().receive({ type: "welcome", conversation: "c", last: 0, events: [] });
  assert.deepEqual(last().sent.at(-1), hello);
});

test("a refused token is given up and asked for again", async () => {
  const { line, expired } = makeLine();
  line.start();
  await settle();
  last().open();
  last().receive({ type: "error", code: "bad_token", text: "expired" });
  assert.equal(expired(), 1);
  assert.equal(line.state, "waiting");
});

test("an error before the welcome means: later", async () => {
  const { line, frames, expired } = makeLine();
  line.start();
  await settle();
  last().open();
  last().receive({ type: "error", code: "unavailable", text: "no database" });
  assert.equal(line.state, "waiting");
  assert.equal(expired(), 0);
  assert.deepEqual(frames, []);
});

test("a server that answers no ping is given up", async () => {
  const { line } = makeLine();
  line.start();
  await settle();
  last().welcome();
  mock.timers.tick(20_000);
  assert.deepEqual(last().sent.at(-1), { type: "ping" });
  last().receive({ type: "pong" });
  mock.timers.tick(19_000);
  assert.equal(line.state, "open");
  mock.timers.tick(1_000);
  mock.timers.tick(8_000);
  assert.equal(line.state, "waiting");
});

test("a failing session waits longer each time, and not at all once the network is back", async () => {
  let asked = 0;
  const { line } = makeLine(async () => {
    asked += 1;
    throw new TypeError("network");
  });
  line.start();
  await settle();
  mock.timers.tick(400);
  await settle();
  mock.timers.tick(400);
  await settle();
  assert.equal(asked, 2, "the second wait is 800 ms");
  line.nudge();
  await settle();
  assert.equal(asked, 3);
});

test("frames of a socket that was given up are not heard", async () => {
  const { line, frames } = makeLine();
  line.start();
  await settle();
  last().welcome();
  const old = last();
  line.lost();
  const count = frames.length;
  old.receive({ type: "event", seq: 1, from: "bot", text: "late" });
  assert.equal(frames.length, count);
});

test("signals go out while the line is up, and are not kept for later", async () => {
  const { line, outbox } = makeLine();
  line.start();
  await settle();
  assert.equal(line.signal({ type: "typing", on: true }), false, "before the welcome");
  last().welcome();
  assert.equal(line.signal({ type: "read", seq: 4 }), true);
  assert.deepEqual(last().sent.at(-1), { type: "read", seq: 4 });
  last().break();
  assert.equal(line.signal({ type: "cancel_handoff" }), false);
  mock.timers.tick(400);
  await settle();
  last().welcome();
  assert.deepEqual(outbox.all(), []);
  assert.equal(last().sent.length, 1, "only the hello");
});

test("a rating is sent again until it is acknowledged", async () => {
  const { line, outbox } = makeLine();
  const rating: Outgoing = { type: "rate", id: "r1", handoff: 7, stars: 4 };
  line.start();
  line.send(rating);
  await settle();
  last().welcome();
  assert.deepEqual(last().sent.at(-1), rating);
  last().break();
  mock.timers.tick(400);
  await settle();
  last().welcome();
  assert.deepEqual(last().sent.at(-1), rating);
  outbox.remove("r1");
});

test("a welcome without the new parts means: the assistant has it, nothing was read", async () => {
  const { line, frames } = makeLine();
  line.start();
  await settle();
  last().welcome();
  const [welcome] = frames;
  assert.ok(welcome?.type === "welcome");
  assert.deepEqual([welcome.handoff.state, welcome.read], ["bot", 0]);
});

test("backoff doubles, is capped and spread", () => {
  assert.deepEqual([0, 1, 2, 10].map((n) => backoff(n, LONGEST_DELAY_MS, () => 1)), [400, 800, 1600, 15_000]);
  assert.equal(backoff(1, LONGEST_DELAY_MS, () => 0), 400);
});
