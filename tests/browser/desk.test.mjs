// A person takes over: the customer on the shop's page and agents at the desk, each in a browser profile of their own.
import assert from "node:assert/strict";
import { chatFrame, check, field, inner, inspect, openChat, press, product, productPicture, ready, say, shot, write } from "./harness.mjs";
import { act, askForPerson, botSaid, bubble, claim, customerReads, dialog, mayWrite, message, nameOf, reply, row, signIn } from "./desk.mjs";

const NOTE = "Very kind customer, spoke of a wedding";

check("asked for, claimed, talked, passed on, returned with what was agreed, rated, asked for again, closed", {}, async (page, _context, another) => {
  const anna = await another({ permissions: ["notifications"] });
  // A browser without windows has no tab to go to: the page is told that it is in the background.
  await anna.addInitScript(() => {
    Object.defineProperty(document, "visibilityState", { get: () => (window.away ? "hidden" : "visible") });
    window.shown = [];
    window.Notification = class extends Notification {
      constructor(title, options) {
        super(title, options);
        window.shown.push(`${title} | ${options.body}`);
      }
    };
  });
  await signIn(anna, "anna");
  await anna.getByRole("button", { name: "Settings" }).click();
  await dialog(anna).getByLabel(/Browser notifications/).check();
  await anna.keyboard.press("Escape");
  await anna.evaluate(() => (window.away = true));

  // --- the customer and the assistant, until a person is wanted
  const frame = await openChat(page);
  const dresses = await say(frame, "I'm looking for a red dress");
  let added = await press(frame, frame.locator(".card-button.primary").last());
  if (added.buttons.includes("M")) added = await press(frame, frame.locator(".reply:enabled", { hasText: /^M$/ }));
  assert.match(added.text, /cart/i);
  const name = await askForPerson(page, frame);
  await frame.locator(".slot.from-system .bubble", { hasText: "You are next." }).waitFor();
  assert.match(await frame.locator(".handoff").innerText(), /Waiting for our team\s+You are next/);
  await shot(page, "handoff-queued");
  const silence = await botSaid(frame);

  // --- the queue calls the agent
  const line = row(anna, name);
  await line.waitFor();
  assert.match(await line.innerText(), /waits \d+ s[\s\S]*let me talk to a human[\s\S]*Asked for a person · English · Website/);
  await anna.waitForFunction(() => document.title.startsWith("(1) "));
  assert.deepEqual(await anna.evaluate(() => window.shown), [`${name} is waiting | let me talk to a human`]);
  assert.match(await anna.locator("[role=log]").innerText(), new RegExp(`${name} is waiting`));
  await anna.evaluate(() => (window.away = false));
  await shot(anna, "desk-queue");

  // --- claimed: the context is there, and the customer knows who it is
  await claim(anna, name);
  await frame.locator(".handoff[data-state=human]", { hasText: "You are talking to Anna" }).waitFor();
  await bubble(frame, "Anna is with you now.").waitFor();
  const packet = anna.locator(".packet");
  await packet.locator(".part", { hasText: "Cart" }).locator(".product").first().waitFor();
  const context = await packet.innerText();
  for (const part of [/Reason\s+Asked for a person: let me talk to a human/, /Language\s+English/, /Channel\s+Website/, /Summary\s+Asked for a person\./, /Cart/, /Products shown/, /None before\./]) {
    assert.match(context, part);
  }
  assert.ok(context.includes(dresses.cards[0].title), "what was shown to the customer");
  await message(anna, "I'm looking for a red dress").waitFor();

  // --- both ways, with typing and read marks
  await anna.keyboard.type("Hello, this is Anna. I have read it all.");
  await frame.locator(".typing", { hasText: "Anna is typing…" }).waitFor();
  await shot(page, "handoff-agent-types");
  await anna.keyboard.press("Enter");
  await bubble(frame, "Hello, this is Anna. I have read it all.").waitFor();
  assert.equal(await frame.locator(".slot.from-agent .speaker").innerText(), "A\nAnna");
  await anna.locator(".read-mark", { hasText: "Read" }).waitFor();
  await field(frame).pressSequentially("Show me red shoes");
  await anna.locator(".log .typing", { hasText: `${name} is writing…` }).waitFor();
  await row(anna, name).locator(".row-text.writing").waitFor();
  await field(frame).press("Enter");
  await message(anna, "Show me red shoes").waitFor();
  await frame.locator(".slot.from-customer", { hasText: "Show me red shoes" }).locator(".seen").waitFor();

  // --- a photo, as large as the window
  await frame.locator("input[type=file]").first().setInputFiles(await productPicture(page));
  await frame.locator(".tray[data-state=ready]").waitFor();
  const sent = Date.now();
  await frame.locator(".send").click();
  const photo = anna.locator(".log .from-customer .photo");
  await photo.waitFor();
  assert.ok(Date.now() - sent < 5_000, `the photo was at the desk after ${Date.now() - sent} ms`);
  await photo.locator("img").evaluate((image) => image.decode());
  await photo.click();
  const large = await dialog(anna).locator("img").boundingBox();
  assert.ok(large.width >= 1280 && large.height >= 600, JSON.stringify(large));
  await shot(anna, "desk-photo");
  await anna.keyboard.press("Escape");

  // --- a product from the catalogue's search
  await anna.locator(".composer textarea").focus();
  await anna.keyboard.press("Alt+p");
  await anna.keyboard.type("blue jeans");
  await dialog(anna).locator(".option[aria-selected=true]", { hasText: /jeans/i }).waitFor();
  await shot(anna, "desk-product-search");
  await anna.keyboard.press("ArrowDown");
  await dialog(anna).locator(".option:nth-child(2)[aria-selected=true]").waitFor();
  const chosen = await dialog(anna).locator(".option[aria-selected=true] .product-title").innerText();
  await anna.keyboard.press("Enter");
  const card = frame.locator(".slot.from-agent .card");
  await card.waitFor();
  assert.equal(await card.locator(".card-title").innerText(), chosen);
  const id = new URL(await card.locator("a.card-link").getAttribute("href")).pathname.split("/").pop();
  assert.equal((await product(page, decodeURIComponent(id))).id, decodeURIComponent(id), "a product of the shop");
  await message(anna, chosen).locator("xpath=self::*[@data-seq]").waitFor();

  // --- its buttons say to the agent which product is meant, and do nothing by themselves
  await card.locator(".card-button", { hasText: "Similar" }).click();
  await message(anna, "Similar").locator(".about", { hasText: chosen }).waitFor();

  // --- a canned reply by its shortcut
  await mayWrite(anna);
  await anna.keyboard.type("/mo");
  await anna.locator(".slash .option", { hasText: "One moment" }).waitFor();
  await shot(anna, "desk-canned");
  await anna.keyboard.press("Enter");
  assert.equal(await anna.locator(".composer textarea").inputValue(), "One moment please, I am looking it up for you.");
  await anna.keyboard.press("Enter");
  await bubble(frame, "One moment please, I am looking it up for you.").waitFor();

  // --- a private note
  await anna.keyboard.press("Alt+n");
  await anna.locator(".composer.for-note").waitFor();
  // It stays a note, whatever comes meanwhile.
  await write(frame, "are you there?");
  await message(anna, "are you there?").waitFor();
  await frame.locator(".slot.from-customer", { hasText: "are you there?" }).locator(".seen").waitFor();
  await anna.keyboard.type(NOTE);
  await shot(anna, "desk-note");
  await anna.keyboard.press("Enter");
  await anna.locator(".log .message.note", { hasText: NOTE }).waitFor();
  await mayWrite(anna);
  await anna.waitForTimeout(300);
  await shot(anna, "desk-conversation");
  await shot(page, "handoff-human");
  await inspect(inner(page), "the widget with a person");

  // --- to a second agent
  const ben = await another();
  await signIn(ben, "ben");
  await act(anna, "Transfer", async (form) => {
    await form.getByLabel(/Ben/).check();
    await form.getByLabel(/Note for the colleague/).fill("She wears M");
    await shot(anna, "desk-transfer");
  });
  await bubble(frame, "You are being passed on to Ben.").waitFor();
  await row(ben, name).locator(".badge", { hasText: "To accept" }).waitFor();
  assert.match(await ben.locator("[role=log]").innerText(), new RegExp(`${name} was assigned to you`));
  await row(ben, name).locator(".row-button").click();
  await ben.locator(".log .message.note", { hasText: "She wears M" }).waitFor();
  await message(ben, "Show me red shoes").waitFor();
  await shot(ben, "desk-assigned");
  await ben.locator(".talk-buttons").getByRole("button", { name: "Accept" }).click();
  await frame.locator(".handoff[data-state=human]", { hasText: "You are talking to Ben" }).waitFor();
  await reply(ben, "Hi, Ben here. Size M, in blue?");
  await bubble(frame, "Hi, Ben here. Size M, in blue?").waitFor();
  await write(frame, "yes, blue in M please");
  await message(ben, "yes, blue in M please").waitFor();
  assert.equal(await botSaid(frame), silence, "while people had the conversation the assistant said nothing");

  // --- back to the assistant, which knows it and says so once
  await act(ben, "Return to assistant", async (form) => {
    await form.getByLabel("Size").fill("M");
    await form.getByLabel("Colour").fill("Blue");
    await shot(ben, "desk-return");
  });
  const closing = bubble(frame, "I know what you agreed with Ben.");
  await closing.waitFor();
  await frame.locator(".handoff").waitFor({ state: "hidden" });
  await shot(page, "handoff-returned");
  const next = await say(frame, "show me dresses");
  assert.ok(next.cards.length, next.text);
  for (const each of next.cards) {
    const { colour, sizes } = await product(page, each.id);
    assert.match(String(colour?.en ?? colour), /blue|navy|turquoise|teal/i, `${each.title} in the colour that was agreed`);
    assert.ok(sizes.some(({ name: size, stock }) => size === "M" && stock > 0), `${each.title} in the size that was agreed`);
  }
  assert.equal(await closing.count(), 1);
  const told = await customerReads(frame);
  for (const secret of [NOTE, "She wears M"]) assert.ok(!told.includes(secret), "notes are for colleagues only");

  // --- rated, and read at the desk
  await frame.locator(".ask-rating").getByLabel("5 of 5").check({ force: true });
  await frame.locator(".ask-rating textarea").fill("Quick and friendly");
  await shot(page, "handoff-rating");
  await inspect(inner(page), "the widget's rating");
  await frame.locator(".ask-rating button").click();
  await frame.locator(".ask-rating", { hasText: "Thank you for your rating." }).waitFor();
  await ben.locator(".packet .facts", { hasText: "5 of 5 stars: Quick and friendly" }).waitFor();

  // --- a second time, closed with a reason
  await askForPerson(page, frame);
  await claim(anna, name);
  assert.match(await anna.locator(".packet").innerText(), /Earlier conversations\s+Asked for a person · Returned to the assistant/);
  await reply(anna, "Anna again. All is done.");
  await act(anna, "Close", async (form) => {
    await form.getByLabel("Solved").check();
    await shot(anna, "desk-close");
  });
  await bubble(frame, "Anna has ended the conversation.").waitFor();
  await row(anna, name).waitFor({ state: "detached" });
  assert.match((await say(frame, "hi")).text, /\S/, "and the assistant answers again");
  await page.reload();
  await ready(page);
  assert.equal(await bubble(chatFrame(page), "I know what you agreed with Ben.").count(), 1, "one closing line, also after a reload");
  const all = await customerReads(chatFrame(page));
  assert.ok(!all.includes(NOTE) && all.includes("Hello, this is Anna."));
});

check("an agent finds a conversation and steps in; what the assistant suggests is not sent by itself", {}, async (page, _context, another) => {
  const ben = await another();
  await signIn(ben, "ben");
  const frame = await openChat(page);
  await say(frame, "do you have umbrellas?");
  const name = await nameOf(page);
  const before = await botSaid(frame);

  await ben.keyboard.press("/");
  await ben.keyboard.type("umbrellas");
  await ben.locator(".found .row", { hasText: name }).waitFor();
  await ben.keyboard.press("ArrowDown");
  await ben.keyboard.press("Enter");
  await ben.locator(".talk-bar", { hasText: "The assistant has this conversation." }).waitFor();
  await ben.locator(".talk-buttons .primary:focus", { hasText: "Step in" }).waitFor();
  await shot(ben, "desk-step-in");
  await ben.keyboard.press("Enter");
  await frame.locator(".handoff[data-state=human]", { hasText: "You are talking to Ben" }).waitFor();
  await write(frame, "a red one please");
  await message(ben, "a red one please").waitFor();

  await ben.keyboard.press("Alt+g");
  await ben.locator(".suggestion .primary:focus").waitFor();
  await shot(ben, "desk-suggestion");
  await ben.keyboard.press("Enter");
  await mayWrite(ben);
  const suggested = await ben.locator(".composer textarea").inputValue();
  assert.match(suggested, /\S/);
  await write(frame, "hello?");
  await message(ben, "hello?").waitFor();
  assert.equal(await botSaid(frame), before, "the assistant is silent");
  assert.equal(await frame.locator(".slot.from-agent").count(), 0, "and the agent has sent nothing yet");
  await ben.keyboard.press("Enter");
  await bubble(frame, suggested).waitFor();
  await act(ben, "Return to assistant");
  await bubble(frame, "You are back with the assistant.").waitFor();
});
