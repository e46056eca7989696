// Twelve customers who all write at once, and an agent who answers meanwhile: the page must not feel it.
import assert from "node:assert/strict";
import { base, check, shot } from "./harness.mjs";
import { act, mayWrite, signIn } from "./desk.mjs";

const CUSTOMERS = 12;
const PER_MINUTE = 60; // of each
const IDLE_S = 4;
const FLOOD_S = 20;
const MESSAGES = (FLOOD_S * PER_MINUTE) / 60;
const SENTENCE = "I am looking it up for you, one moment please. ";

check("twelve open chats at 60 messages a minute each: no stutter, no lost key", {}, async (page, _context, another) => {
  const desk = await another();
  await signIn(desk, "dora");
  await page.goto(`${base}/shop/checkout`);
  await page.evaluate(crowd, CUSTOMERS);
  await desk.waitForFunction((count) => document.querySelectorAll(".row-claim").length === count, CUSTOMERS);
  for (let number = 0; number < CUSTOMERS; number += 1) {
    await desk.keyboard.press("Alt+c");
    // Who has waited longest stands first in both lists, so that the newest of the agent's own is the last.
    await desk.locator(`.list:first-child .row:nth-child(${number + 1}) [aria-current=true]`).waitFor();
    await mayWrite(desk);
  }

  const idle = await measure(desk, IDLE_S);
  const [flood] = await Promise.all([measure(desk, FLOOD_S), page.evaluate(write, { count: MESSAGES, pause: 60_000 / PER_MINUTE })]);
  await shot(desk, "desk-twelve");

  // Everything came, in every conversation, and nothing that was typed is missing.
  await desk.waitForFunction((last) => [...document.querySelectorAll(".row-text")].every((each) => each.textContent === last), `message ${MESSAGES}`);
  const unread = await desk.locator(".row").evaluateAll((rows) => rows.map((row) => (row.querySelector("[aria-current]") ? null : Number(row.querySelector(".badge [aria-hidden]").textContent))));
  // The last is open, and the first was looked into now and then.
  assert.deepEqual(unread.slice(1), [...Array(CUSTOMERS - 2).fill(MESSAGES), null], "unread messages of each");
  const round = (numbers) => Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Math.round(value * 10) / 10]));
  console.log("idle ", JSON.stringify(round(idle)));
  console.log("flood", JSON.stringify(round(flood)));
  for (const { typed, shown } of [idle, flood]) assert.equal(shown, typed, "characters that were typed and that stand in the field");
  // The time of a task grows when others use the computer, so it is compared with the quiet phase of the same run; what the
  // page itself uses of a core does not.
  assert.ok(flood.busy < 50, `the page uses ${flood.busy} % of a core`);
  assert.ok(flood.longest <= Math.max(400, 4 * idle.longest), `one task took ${flood.longest} ms`);
  assert.ok(flood.frame <= Math.max(100, 4 * idle.frame), `one frame in twenty took ${flood.frame} ms`);
  assert.ok(flood.input <= Math.max(100, 4 * idle.input), `one key in twenty was answered after ${flood.input} ms`);

  for (let number = CUSTOMERS; number > 0; number -= 1) {
    await desk.locator(".row-button").first().click();
    await desk.locator(".composer textarea").fill("");
    await act(desk, "Close", (form) => form.getByLabel("Solved").check());
    await desk.waitForFunction((count) => document.querySelectorAll(".lists .row").length === count, number - 1);
  }
});

/** In a page of the shop: customers, each with a session and a socket of their own, who ask for a person. */
async function crowd(count) {
  const address = new URL("/chat/socket", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const join = async () => {
    const { token } = await (await fetch("/chat/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"language":"en"}' })).json();
    const socket = new WebSocket(address);
    const customer = { say: (text) => socket.send(JSON.stringify({ type: "say", id: crypto.randomUUID(), text, photo: null, language: "en" })) };
    await new Promise((queued) => {
      socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token, since: 0 }));
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.type === "welcome") customer.say("let me talk to a human");
        if (frame.type === "handoff" && frame.state === "queued") queued();
      };
    });
    return customer;
  };
  // One after the other: who asks in the same moment may get a number before whoever waits longer.
  window.customers = [];
  for (let number = 0; number < count; number += 1) window.customers.push(await join());
}

/** Each writes `count` messages, one every `pause` milliseconds, not all in the same moment. */
async function write({ count, pause }) {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  await Promise.all(
    window.customers.map(async (customer, index) => {
      await wait((index * pause) / window.customers.length);
      for (let number = 1; number <= count; number += 1) {
        customer.say(`message ${number}`);
        await wait(pause);
      }
    }),
  );
}

/** Types, and looks into another conversation now and then; what the page needed for it. Times in ms, `busy` in % of a core. */
async function measure(desk, seconds) {
  const metrics = await desk.context().newCDPSession(desk);
  await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
  const used = async () => (await metrics.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
  await desk.evaluate(() => {
    const seen = (window.seen = { tasks: [], frames: [], inputs: [], on: true });
    const observe = (type, take, options) => new PerformanceObserver((entries) => seen.on && entries.getEntries().forEach(take)).observe({ type, ...options });
    observe("longtask", ({ duration }) => seen.tasks.push(duration));
    observe("event", ({ name, startTime, processingEnd }) => name === "keydown" && seen.inputs.push(processingEnd - startTime), { durationThreshold: 16 });
    let last = performance.now();
    const frame = (now) => {
      seen.frames.push(now - last);
      last = now;
      if (seen.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const field = desk.locator(".composer textarea");
  await field.fill("");
  const began = Date.now();
  const before = await used();
  let typed = 0;
  while (Date.now() - began < seconds * 1000) {
    await desk.keyboard.type(SENTENCE, { delay: 30 });
    typed += SENTENCE.length;
    await desk.keyboard.press("Alt+ArrowDown");
    await desk.waitForTimeout(200);
    await desk.keyboard.press("Alt+ArrowUp");
    await mayWrite(desk);
  }
  const busy = (100 * 1000 * ((await used()) - before)) / (Date.now() - began);
  const seen = await desk.evaluate(() => Object.assign(window.seen, { on: false }));
  await metrics.detach();
  const percentile = (values, share) => [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? 0;
  return {
    busy,
    longest: Math.max(0, ...seen.tasks),
    frame: percentile(seen.frames, 0.95),
    // Those below the threshold are not told.
    input: percentile([...seen.inputs, ...Array(Math.max(0, typed - seen.inputs.length)).fill(0)], 0.95),
    typed,
    shown: (await field.inputValue()).length,
  };
}
