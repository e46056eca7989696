// A customer's whole way through the widget, in both languages, against the running assistant.
import assert from "node:assert/strict";
import { answered, base, chatFrame, check, launcher, openChat, press, product, productPicture, ready, say, shot, transcript } from "./harness.mjs";

const CHINESE = /[\u4e00-\u9fff]/;
const english = (value) => (typeof value === "string" ? value : value?.en ?? "");

check("greets, finds dresses, refines twice in two languages, fills the cart, and remembers it all", {}, async (page) => {
  const frame = await openChat(page);
  await shot(page, "desktop-open");

  const hello = await say(frame, "hi there");
  assert.ok(hello.text.trim(), "an answer in words");
  assert.ok(!CHINESE.test(hello.text), "in English");

  const found = await say(frame, "I'm looking for a dress");
  assert.ok(found.cards.length >= 2, `cards for dresses, got: ${found.text}`);
  await shot(page, "desktop-cards");

  const blue = await say(frame, "in blue");
  assert.ok(blue.cards.length >= 1, `blue ones, got: ${blue.text}`);
  for (const card of blue.cards) {
    const { colour, category } = await product(page, card.id);
    assert.match(english(colour), /blue|navy|turquoise|teal/i, `${card.id} is ${english(colour)}`);
    assert.match(english(category?.en ?? category?.id ?? category), /dress/i, "still dresses");
  }

  const cheaper = await say(frame, "便宜一点");
  assert.match(cheaper.text, CHINESE, "answers in the language it was asked in");
  const highest = (cards) => Math.max(...cards.map((card) => card.price));
  if (cheaper.cards.length) assert.ok(highest(cheaper.cards) < highest(blue.cards), "cheaper than before");
  assert.equal(await frame.locator("html").getAttribute("lang"), "zh-CN", "the frame's own words follow the customer");
  await shot(page, "desktop-chinese");

  // Into the cart by the card's own button; a question for the size is answered by a button, too.
  let added = await press(frame, frame.locator(".card-button.primary").last());
  if (!/购物车/.test(added.text) || added.buttons.some((title) => /^(XS|S|M|L|XL|\d{2})$/.test(title))) {
    added = await press(frame, frame.locator(".reply:enabled").first());
  }
  assert.match(added.text, /购物车/, "it is in the cart");
  await shot(page, "desktop-cart");

  const said = await transcript(frame);
  assert.ok(said.length >= 8);
  await page.reload();
  // The chat was open, so it is open again without a click.
  assert.equal(await launcher(page).getAttribute("aria-expanded"), "true");
  assert.deepEqual(await transcript(await ready(page)), said, "the same after a reload");
  await page.goto(`${base}/shop/${blue.cards[0].id}`);
  assert.deepEqual(await transcript(await ready(page)), said, "the same on another page");
  await shot(page, "product-page");
});

check("speaks Chinese to a Chinese browser", { locale: "zh-CN" }, async (page) => {
  const frame = await openChat(page);
  assert.equal(await frame.locator("textarea").getAttribute("placeholder"), "输入消息");
  assert.match(await launcher(page).getAttribute("aria-label"), CHINESE);
  const found = await say(frame, "想买一件红色的衬衫");
  assert.match(found.text, CHINESE);
  assert.ok(found.cards.length >= 1);
  assert.match(found.cards[0].title, CHINESE);
  await shot(page, "chinese-cards");
  // And to English at the press of a button.
  await frame.locator(".language").click();
  assert.equal(await frame.locator("textarea").getAttribute("placeholder"), "Write a message");
});

check("takes a photo, shows it from the server, and finds products for it", {}, async (page) => {
  const frame = await openChat(page);
  const before = await frame.locator(".slot.from-bot").count();
  await frame.locator("input[type=file]").first().setInputFiles(await productPicture(page));
  await frame.locator(".tray[data-state=ready]").waitFor();
  await frame.locator("textarea").fill("do you have something like this?");
  await shot(page, "photo-preview");
  await frame.locator(".send").click();
  const slots = await answered(frame, before);
  assert.ok((await slots.at(-1).page().frameLocator("#shop-chat iframe").locator(".card").count()) >= 1, "cards for the photo");
  await shot(page, "photo-answer");
  const image = frame.locator(".from-customer .photo img").first();
  for (const turn of ["first", "after a reload"]) {
    await image.waitFor();
    await image.evaluate((element) => element.decode());
    const { src, width } = await image.evaluate((element) => ({ src: element.currentSrc, width: element.naturalWidth }));
    assert.match(src, /\/chat\/photos\//, turn);
    assert.ok(width > 100, turn);
    if (turn === "first") await page.reload();
  }
  // Nothing of the photo may lie about in the browser.
  const stored = await page.frames().find((each) => each.url().includes("/chat/")).evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!/base64|data:image|\/9j\//.test(stored));
  assert.ok(stored.length < 4000, `storage holds ${stored.length} characters`);
});

check("a photo pasted or dropped goes the same way; one without words is enough", {}, async (page) => {
  const frame = await openChat(page);
  const picture = await productPicture(page, 1);
  const give = (kind) =>
    frame.locator("textarea").evaluate(
      async (field, { kind, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "photo.webp", { type: "image/webp" }));
        const event = kind === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true }) : new DragEvent("drop", { dataTransfer: data, bubbles: true });
        field.dispatchEvent(event);
      },
      { kind, bytes: [...picture.buffer] },
    );
  for (const kind of ["paste", "drop"]) {
    const before = await frame.locator(".slot.from-bot").count();
    await give(kind);
    await frame.locator(".tray[data-state=ready]").waitFor();
    await frame.locator(".send").click();
    await answered(frame, before);
  }
  assert.equal(await frame.locator(".from-customer .photo").count(), 2);
});

check("says clearly what is wrong with a file, and lets go of an upload", {}, async (page, context) => {
  const frame = await openChat(page);
  const input = frame.locator("input[type=file]").first();
  const label = frame.locator(".tray-label");
  await input.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
  await frame.locator(".tray[data-state=error]").waitFor();
  assert.match(await label.textContent(), /not a picture/);
  await shot(page, "photo-error");
  await input.setInputFiles({ name: "broken.jpg", mimeType: "image/jpeg", buffer: Buffer.from("\xff\xd8\xff broken", "latin1") });
  assert.match(await label.textContent(), /not a picture/);
  assert.ok(await frame.locator(".send").isDisabled());

  // A slow line: progress is shown, and the customer may change their mind.
  await context.route("**/chat/photos", (route) => setTimeout(() => route.abort().catch(() => {}), 8000));
  await input.setInputFiles(await productPicture(page));
  await frame.locator(".tray[data-state=uploading] progress").waitFor();
  await frame.locator(".tray-remove").click();
  await frame.locator(".tray").waitFor({ state: "hidden" });
  await context.unroute("**/chat/photos");

  // A line that breaks: the photo stays in hand for another try.
  await context.route("**/chat/photos", (route) => route.abort());
  await input.setInputFiles(await productPicture(page));
  await frame.locator(".tray[data-state=error]").waitFor();
  await context.unroute("**/chat/photos");
  await frame.locator(".tray-retry").click();
  await frame.locator(".tray[data-state=ready]").waitFor();
  assert.equal(await chatFrame(page).locator(".tray-thumb").isVisible(), true);
});

check("takes a photo with the computer's camera", { permissions: ["camera"] }, async (page) => {
  const frame = await openChat(page);
  await frame.locator(".tool").nth(1).click();
  const video = frame.locator("dialog.camera video");
  await video.evaluate((element) => new Promise((done) => (element.readyState >= 2 ? done() : (element.onloadeddata = done))));
  await shot(page, "camera");
  await page.keyboard.press("Escape");
  await frame.locator("dialog.camera").waitFor({ state: "detached" });
  assert.equal(await launcher(page).getAttribute("aria-expanded"), "true", "Escape closes the camera, not the chat");
  await frame.locator(".tool").nth(1).click();
  await video.evaluate((element) => new Promise((done) => (element.readyState >= 2 ? done() : (element.onloadeddata = done))));
  await frame.locator(".shutter").click();
  await frame.locator(".tray[data-state=ready]").waitFor();
});
