// What strangers write, at both ends of a talk with a person.
import assert from "node:assert/strict";
import { check, field as chatField, HOSTILE, inner, shot, write } from "./harness.mjs";
import { act, claim, customerWaits, fits, reply, signIn } from "./desk.mjs";

/** Sits on a page's socket and passes everything on; returns how to tell the page what no server of ours would. */
async function joinLine(page, address) {
  let tell;
  await page.routeWebSocket(address, (line) => {
    const server = line.connectToServer();
    tell = (frame) => line.send(JSON.stringify(frame));
    line.onMessage((data) => server.send(data));
    server.onMessage((data) => line.send(data));
  });
  return (frame) => tell(frame);
}

check("what strangers write is text at both ends, and a line of a megabyte stops nobody", {}, async (page, _context, another) => {
  const desk = await another();
  const tellDesk = await joinLine(desk, /\/desk\/socket/);
  const tellCustomer = await joinLine(page, /\/chat\/socket/);
  await signIn(desk, "ben");
  const { frame, name } = await customerWaits(page);
  await claim(desk, name);
  // What turns the writing is dropped by the server, or shown by its number at the desk.
  const plain = (text) => text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]|⟦U\+\w+⟧/gu, "").trim();
  const harmless = HOSTILE.map(plain);
  for (const [index, text] of HOSTILE.entries()) {
    await write(frame, text);
    await reply(desk, text, harmless[index]);
  }
  const texts = async (target, selector) => (await target.locator(selector).allInnerTexts()).map(plain).slice(-HOSTILE.length);
  await frame.locator(".from-agent .bubble", { hasText: HOSTILE.at(-1) }).waitFor();
  for (const [target, selector] of [[desk, ".log .from-customer .bubble"], [desk, ".log .from-agent .bubble"], [frame, ".from-customer .bubble"], [frame, ".from-agent .bubble"]]) {
    assert.deepEqual(await texts(target, selector), harmless, selector);
    assert.equal(await target.locator(selector).locator("img, script, svg, b, strong, em, code, iframe").count(), 0);
  }
  for (const each of [...page.frames(), desk.mainFrame()]) assert.equal(await each.evaluate(() => window.hit), undefined);
  await shot(desk, "desk-hostile-text");

  // The field of either side says what is too long, and keeps it.
  for (const [field, problem] of [[desk.locator(".composer textarea"), desk.locator(".composer .problem")], [chatField(frame), frame.locator(".composer-note")]]) {
    const began = Date.now();
    await field.evaluate((element) => {
      element.focus();
      document.execCommand("insertText", false, "A".repeat(2 ** 20)); // as pasting does
    });
    await field.press("Enter");
    await problem.filter({ hasText: "4,000 characters at most" }).waitFor();
    assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms for a megabyte that was pasted`);
    assert.ok((await field.evaluate((element) => element.value.length)) > 4_000, "what was written is still there");
    await field.fill("");
  }

  // And if one comes all the same, it is cut, and the pages still answer.
  const conversation = await page.evaluate(() => JSON.parse(localStorage.getItem("shop-chat:conversation")));
  const event = { type: "event", at: new Date().toISOString(), id: null, reply_to: null, text: "A".repeat(2 ** 20), photo: null, cards: [], buttons: [], picture: null };
  tellDesk({ ...event, conversation, from: "customer", seq: 1 + Number(await desk.locator(".log .message[data-seq]").last().getAttribute("data-seq")), agent: null });
  await desk.locator(".log .show-all").waitFor();
  tellCustomer({ ...event, from: "agent", seq: 100_000, agent: { name: "Ben" } });
  await frame.locator(".from-agent .bubble", { hasText: "AAAAAAAA" }).waitFor();
  await desk.locator(".log .show-all").click();
  await desk.locator(".bubble.whole .piece").nth(100).waitFor({ state: "attached" });
  for (const field of [desk.locator(".composer textarea"), chatField(frame)]) {
    const began = Date.now();
    await field.fill("still here");
    assert.equal(await field.inputValue(), "still here");
    assert.ok(Date.now() - began < 5_000, `${Date.now() - began} ms`);
  }
  await fits(desk);
  const wide = await inner(page).evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0);
  await shot(desk, "desk-megabyte");
  await shot(page, "handoff-megabyte");
  await desk.locator(".composer textarea").fill("");
  await act(desk, "Close", (form) => form.getByLabel("Solved").check());
});
