import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Line, Refused, type Answer } from "../desk/line.ts";
import { Outbox } from "../desk/outbox.ts";
import type { Frame, Outgoing } from "../desk/protocol.ts";
import { Typing } from "../desk/typing.ts";
import type { LineState } from "../shared/reconnecting.ts";
import { openStore } from "../shared/storage.ts";

/** A socket whose other end is the test. */
class Wire {
  readyState = 1;
  sent: { type: string; id: string }[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.readyState = 3;
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

function makeLine() {
  const wires: Wire[] = [];
  const states: LineState[] = [];
  const frames: Frame[] = [];
  let signedOut = 0;
  const line = new Line({
    url: () => "ws://desk.test/socket",
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    onSignedOut: () => (signedOut += 1),
    createSocket: () => {
      wires.push(new Wire());
      return wires.at(-1) as unknown as WebSocket;
    },
    random: () => 1,
  });
  return { line, wires, states, frames, signedOut: () => signedOut };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test("line: requests get their answers; nothing is asked before the welcome", async () => {
  const { line, wires, frames } = makeLine();
  line.start();
  await assert.rejects(line.request({ type: "ping" }), (error: Refused) => error.code === "offline");
  wires[0]!.say({ type: "welcome", now: "2026-01-01T00:00:00Z" });
  assert.equal(frames[0]?.type, "welcome");
  const one = line.request({ type: "presence", status: "away" });
  const two = line.request({ type: "accept", handoff: 1, version: 1 });
  const [first, second] = wires[0]!.sent;
  wires[0]!.say({ type: "error", id: second!.id, code: "conflict", text: "", handoff: { id: 1, conversation: "c", state: "human", version: 2 } });
  wires[0]!.say({ type: "ok", id: first!.id, seq: 4 });
  assert.equal((await one).seq, 4);
  await assert.rejects(two, (error: Refused) => error.code === "conflict" && error.handoff?.version === 2);
  line.stop();
});

test("line: comes back by itself; what was in flight fails as offline; a dead line is found by silence", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  try {
    const { line, wires, states } = makeLine();
    line.start();
    wires[0]!.say({ type: "welcome" });
    const lost = line.request({ type: "ping" });
    wires[0]!.drop();
    await assert.rejects(lost, (error: Refused) => error.code === "offline");
    mock.timers.tick(400);
    assert.equal(wires.length, 2);
    wires[1]!.say({ type: "welcome" });
    assert.deepEqual(states, ["connecting", "open", "waiting", "connecting", "open"]);
    const silent = assert.rejects(line.request({ type: "ping" }), (error: Refused) => error.code === "offline");
    mock.timers.tick(12_000);
    await silent;
    assert.equal(line.state, "waiting");
    line.stop();
  } finally {
    mock.timers.reset();
  }
});

test("line: an ended session is not knocked at again", () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  try {
    const { line, wires, signedOut } = makeLine();
    line.start();
    wires[0]!.say({ type: "welcome" });
    wires[0]!.drop(4401);
    mock.timers.tick(60_000);
    assert.deepEqual([wires.length, signedOut(), line.state], [1, 1, "closed"]);
  } finally {
    mock.timers.reset();
  }
});

const say = (client_id: string, conversation = "c"): Outgoing => ({ type: "say", conversation, client_id, text: client_id });

test("outbox: one after the other in a conversation; what the line lost goes again in order, what was refused waits for the agent", async () => {
  const store = openStore("t:", () => undefined as unknown as Storage);
  let mode: "good" | "offline" | "refuse" = "offline";
  const tried: string[] = [];
  const send = async (outgoing: Outgoing): Promise<Answer> => {
    tried.push(outgoing.client_id);
    if (mode === "good") return { type: "ok", id: "", handoff: null, seq: 1 };
    throw new Refused(mode === "offline" ? "offline" : "too_many", "Too many.");
  };
  const outbox = new Outbox(store, send, () => undefined);
  outbox.add(say("1"), "");
  outbox.add(say("2"), "");
  await settle();
  assert.deepEqual(outbox.of("c").map((draft) => draft.delivery), ["waiting", "sending"]);
  assert.deepEqual(tried, ["1"]);
  // A reload in between: another page finds the same.
  const again = new Outbox(store, send, () => undefined);
  assert.deepEqual(again.of("c").map((draft) => [draft.outgoing.client_id, draft.delivery]), [["1", "waiting"], ["2", "waiting"]]);
  mode = "good";
  again.flush();
  again.flush();
  await settle();
  assert.deepEqual(tried, ["1", "1", "2"]);
  again.remove("1");
  again.remove("2");
  mode = "refuse";
  again.add(say("3"), "");
  await settle();
  assert.deepEqual(again.of("c").map((draft) => [draft.delivery, draft.problem]), [["failed", "Too many."]]);
  again.flush();
  await settle();
  assert.deepEqual(tried, ["1", "1", "2", "3"]);
  mode = "good";
  again.retry("3");
  await settle();
  assert.deepEqual(again.of("c").map((draft) => draft.delivery), ["sent"]);
});

test("typing: told at once, seldom again, and its end", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const told: [string, boolean][] = [];
    let now = 10_000;
    const typing = new Typing((conversation, on) => told.push([conversation, on]), () => now);
    for (let key = 0; key < 20; key += 1) typing.touched("a", true);
    assert.deepEqual(told, [["a", true]]);
    now += 3_500;
    typing.touched("a", true);
    typing.touched("b", true);
    assert.deepEqual(told.slice(1), [["a", true], ["a", false], ["b", true]]);
    mock.timers.tick(5_000);
    typing.stop();
    assert.deepEqual(told.slice(4), [["b", false]]);
  } finally {
    mock.timers.reset();
  }
});
