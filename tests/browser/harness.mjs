// What the browser tests share: one Chromium, a fresh profile per test, and a watch on everything that a page must not do.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

const root = fileURLToPath(new URL("../../", import.meta.url));
const require = createRequire(path.join(root, "bot/web/package.json"));
const { chromium } = require("playwright-core");
const axeSource = require("axe-core").source;

export const base = (process.env.SHOP_TEST_URL ?? "http://127.0.0.1:5005").replace(/\/$/, "");
const shots = process.env.SHOP_SCREENSHOTS ?? path.join(process.env.SHOP_VAR ?? path.join(root, "var"), "screenshots");
const ANSWER_MS = 60_000;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera that shows a test picture.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** What strangers write. Wherever it is shown it is text; `hit` would tell if it was run. */
export const HOSTILE = [
  '<img src=x onerror="window.top.hit=1;window.hit=1">',
  "<script>window.hit=1</script>",
  "[click](javascript:window.hit=1)",
  "![x](https://evil.example/p.png) **bold** `code` <b>b</b>",
  "\u202eevil\u202c \u2066isolate\u2069 \u200f",
  "<svg/onload=window.hit=1>&lt;b&gt;&amp;",
  '{"__proto__":{"hit":1}} {{7*7}} ${7*7}',
];

let browser;
before(async () => {
  mkdirSync(shots, { recursive: true });
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
});
after(() => browser?.close());

/**
 * A test with a page of its own, and with more of them for more people: `another(options)` opens one in a browser profile
 * of its own. Whatever else it checks, in the end no request may have gone to a foreign host, no Content-Security-Policy
 * may have been hurt, no script may have failed, and no dialog may have popped up.
 */
export function check(name, options, body) {
  test(name, { timeout: 240_000 }, async () => {
    const faults = [];
    const contexts = [];
    const another = async (own = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-US", ...own });
      contexts.push(context);
      watch(context, faults);
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      return page;
    };
    const page = await another(options);
    try {
      await body(page, page.context(), another);
      assert.deepEqual(faults, []);
    } catch (error) {
      const pages = contexts.flatMap((context) => context.pages());
      const label = `failed-${name.replace(/\W+/g, "-").slice(0, 60)}`;
      await Promise.allSettled(pages.map((each, index) => shot(each, index ? `${label}-${index + 1}` : label)));
      throw error;
    } finally {
      for (const context of contexts) await context.close();
    }
  });
}

function watch(context, faults) {
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== base) faults.push(`foreign request: ${request.url()}`);
  });
  context.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) faults.push(message.text());
  });
  context.on("weberror", (error) => faults.push(`script error: ${error.error()}`));
  context.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

/** Axe finds no serious fault in this page or frame as it stands. */
export async function inspect(target, name) {
  await target.evaluate(axeSource);
  const { violations } = await target.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" ;; ")}`), []);
}

export const shot = (page, name) => page.screenshot({ path: path.join(shots, `${name}.png`) });

export const launcher = (page) => page.locator("#shop-chat .launcher");
export const closed = (page) => page.locator("#shop-chat .launcher[aria-expanded=false]").waitFor();
export const chatFrame = (page) => page.frameLocator("#shop-chat iframe");
/** The chat's own document, for what a locator cannot do. */
export const inner = (page) => page.frames().find((each) => each.url().includes("/chat/"));

/** Opens the page (if an address is given) and the chat; returns the chat's frame, ready to talk. */
export async function openChat(page, address = "/") {
  if (address) await page.goto(base + address);
  const button = launcher(page);
  await button.waitFor();
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
  return ready(page);
}

export async function ready(page) {
  const frame = chatFrame(page);
  await frame.locator("html[data-line=open]").waitFor({ state: "attached" });
  await frame.locator(".slot").first().waitFor();
  return frame;
}

/** Waits until the assistant has said something new and has finished; returns its new messages' slots. */
export async function answered(frame, before) {
  const slots = frame.locator(".slot.from-bot");
  const deadline = Date.now() + ANSWER_MS;
  let count = before;
  let quietSince = Date.now();
  for (;;) {
    const now = await slots.count();
    const typing = await frame.locator(".typing:visible").count();
    if (now !== count || typing) quietSince = Date.now();
    count = now;
    if (count > before && Date.now() - quietSince > 900) break;
    assert.ok(Date.now() < deadline, "the assistant gave no answer");
    await new Promise((done) => setTimeout(done, 120));
  }
  return (await slots.all()).slice(before);
}

/** The chat's own field; a message may ask for words in another one. */
export const field = (frame) => frame.locator(".bar textarea");

/** Says something and waits for nothing. */
export async function write(frame, text) {
  await field(frame).fill(text);
  await field(frame).press("Enter");
}

/** Says something and returns the answer: its text, its cards (ids from their links) and its quick replies. */
export async function say(frame, text) {
  const before = await frame.locator(".slot.from-bot").count();
  await write(frame, text);
  return read(await answered(frame, before));
}

/** Presses a button of the conversation and returns the answer. */
export async function press(frame, button) {
  const before = await frame.locator(".slot.from-bot").count();
  await button.click();
  return read(await answered(frame, before));
}

async function read(slots) {
  const answer = { text: "", cards: [], buttons: [], slots };
  for (const slot of slots) {
    answer.text += `${(await slot.locator(".bubble").allTextContents()).join("\n")}\n`;
    answer.buttons.push(...(await slot.locator(".reply").allTextContents()));
    for (const card of await slot.locator(".card").all()) {
      const url = await card.locator("a.card-link").getAttribute("href");
      answer.cards.push({
        id: decodeURIComponent(new URL(url).pathname.split("/").pop()),
        title: await card.locator(".card-title").textContent(),
        price: Number((await card.locator(".card-price").textContent()).replace(/[^\d.]/g, "")),
      });
    }
  }
  return answer;
}

/** Everything said so far, as it stands in the thread (without the page's own greeting). */
export async function transcript(frame) {
  return frame.locator(".slot:not(.greeting)").evaluateAll((slots) =>
    slots.map((slot) => `${slot.className.replace(/ pending/, "")}: ${[...slot.querySelectorAll(".bubble, .card-title")].map((part) => part.textContent).join(" | ")}`),
  );
}

export async function product(page, id) {
  const response = await page.request.get(`${base}/shop/products/${id}.json`);
  assert.equal(response.status(), 200);
  return response.json();
}

/** A picture of the catalogue as bytes: the nearest thing to a photo that every installation has. */
export async function productPicture(page, index = 0) {
  const list = await (await page.request.get(`${base}/shop/products.json?category=t_shirt`)).json();
  const chosen = list.products[index];
  const picture = await page.request.get(new URL(chosen.picture, base).href);
  return { name: "photo.webp", mimeType: "image/webp", buffer: await picture.body() };
}
