// The widget as a part of other people's pages: hostile text, accessibility, telephones, bad lines, looks.
import assert from "node:assert/strict";
import { base, chatFrame, check, closed, HOSTILE, inner, inspect, launcher, openChat, ready, say, shot } from "./harness.mjs";

check("shows hostile text as text, also after a reload", {}, async (page) => {
  let frame = await openChat(page);
  for (const text of HOSTILE) await say(frame, text);
  for (const turn of ["live", "history"]) {
    const shown = await frame.locator(".from-customer .bubble").allTextContents();
    // The server may drop the characters that turn the writing around, and nothing else.
    const plain = (texts) => texts.map((text) => text.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim());
    assert.deepEqual(plain(shown), plain(HOSTILE), turn);
    const bubbles = frame.locator(".bubble");
    assert.equal(await bubbles.locator("img, script, svg, b, strong, em, code, iframe").count(), 0, turn);
    for (const href of await bubbles.locator("a").evaluateAll((links) => links.map((link) => link.protocol))) assert.match(href, /^https?:$/);
    for (const each of page.frames()) assert.equal(await each.evaluate(() => window.hit), undefined, turn);
    if (turn === "live") {
      await page.reload();
      frame = await ready(page);
    }
  }
  await shot(page, "hostile-text");
});

check("axe finds no serious fault in the chat, the launcher and the shop", {}, async (page) => {
  const frame = await openChat(page);
  await inspect(inner(page), "empty chat");
  await say(frame, "show me some shoes");
  await frame.locator("input[type=file]").first().setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("x") });
  await inspect(inner(page), "chat with cards and an error");
  await page.locator(".tile").first().waitFor();
  await inspect(page.mainFrame(), "shop");
  const tile = await page.locator(".tile").first().getAttribute("href");
  await page.goto(base + tile);
  await page.locator(".product h1").waitFor();
  await inspect(page.mainFrame(), "product");
  await page.goto(`${base}/shop/checkout`);
  await page.locator(".notice").waitFor();
  await inspect(page.mainFrame(), "checkout");
});

check("can be used with the keyboard alone", {}, async (page) => {
  await page.goto(`${base}/shop/checkout`);
  await launcher(page).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className ?? "");
  for (let step = 0; step < 30 && (await focused()) !== "launcher"; step += 1) await page.keyboard.press("Tab");
  assert.equal(await focused(), "launcher");
  await page.keyboard.press("Enter");
  const frame = await ready(page);
  const inside = () =>
    frame.locator("html").evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return `${element?.tagName.toLowerCase()}.${element?.className}#${element?.id}`;
    });
  await frame.locator("textarea:focus").waitFor();
  await page.keyboard.type("show me bags");
  await page.keyboard.press("Enter");
  await frame.locator(".card").first().waitFor({ timeout: 60_000 });
  // Back from the field to the cards: their rail scrolls with the arrows, their buttons work.
  const back = async (pattern) => {
    for (let step = 0; step < 80; step += 1) {
      if (pattern.test(await inside())) return;
      await page.keyboard.press("Shift+Tab");
    }
    assert.fail(`not reached: ${pattern}, at ${await inside()}`);
  };
  await back(/card-button/);
  await back(/ul\.rail/);
  const rail = frame.locator(".rail").last();
  const start = await rail.evaluate((element) => element.scrollLeft);
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(900);
  assert.ok((await rail.evaluate((element) => element.scrollLeft)) > start, "the rail moved");
  assert.ok((await frame.locator(".rail:focus-visible").count()) === 1, "and one sees where one is");
  await shot(page, "keyboard-rail");
  await page.keyboard.press("Escape");
  await closed(page);
  assert.equal(await focused(), "launcher", "the focus is back where it came from");
});

check("tells screen readers what is new, once", {}, async (page) => {
  const frame = await openChat(page);
  const log = frame.locator("[role=log]");
  assert.equal(await log.getAttribute("aria-live"), "polite");
  assert.equal(await log.locator("p").count(), 0, "the greeting is read in place");
  const answer = await say(frame, "hello");
  assert.ok((await log.textContent()).includes(answer.text.trim().split("\n")[0]));
  await page.reload();
  assert.equal(await (await ready(page)).locator("[role=log] p").count(), 0, "history stays silent");
});

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

check("fills a telephone's screen", { ...PHONE, locale: "zh-CN" }, async (page) => {
  await page.goto(base);
  await page.locator(".tile").first().waitFor();
  await shot(page, "phone-shop");
  await launcher(page).tap();
  const frame = await ready(page);
  const box = await page.locator("#shop-chat iframe").boundingBox();
  assert.deepEqual(box, { x: 0, y: 0, width: 390, height: 844 });
  assert.ok(!(await launcher(page).isVisible()), "the launcher is out of the way");
  assert.ok(await frame.locator(".tool").nth(1).isVisible(), "there is a camera button");
  await say(frame, "有没有白色的运动鞋");
  await shot(page, "phone-chat");
  for (const each of page.frames()) {
    const wide = await each.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${each.url()} is ${wide} px too wide`);
  }
  await frame.locator(".close").tap();
  await closed(page);
  await page.reload();
  await launcher(page).waitFor();
  assert.equal(await launcher(page).getAttribute("aria-expanded"), "false", "never over the page by itself");
});

check("works at 200 % zoom", { viewport: { width: 640, height: 430 }, deviceScaleFactor: 2 }, async (page) => {
  const frame = await openChat(page);
  await say(frame, "I need a jacket");
  for (const part of [".title", "textarea", ".send", ".close"]) {
    const box = await frame.locator(part).boundingBox();
    assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 640 && box.y + box.height <= 430, `${part} is on the screen`);
  }
  await shot(page, "zoom-200");
});

check("loses and doubles nothing when the network goes away", {}, async (page, context) => {
  const frame = await openChat(page);
  await say(frame, "hi");
  await context.setOffline(true);
  await frame.locator(".banner:not(:empty)").waitFor();
  assert.match(await frame.locator(".banner").textContent(), /Reconnecting/);
  for (const text of ["show me red skirts", "thanks"]) {
    await frame.locator("textarea").fill(text);
    await frame.locator("textarea").press("Enter");
  }
  await frame.locator(".delivery.waiting").nth(1).waitFor();
  await shot(page, "offline");
  const before = await frame.locator(".slot.from-bot").count();
  await context.setOffline(false);
  await frame.locator("html[data-line=open]").waitFor({ state: "attached" });
  await frame.locator(".delivery").first().waitFor({ state: "detached" });
  await frame.locator(".slot.from-bot").nth(before + 1).waitFor({ timeout: 60_000 });
  const expected = ["hi", "show me red skirts", "thanks"];
  assert.deepEqual(await frame.locator(".from-customer .bubble").allTextContents(), expected);
  await page.reload();
  await ready(page);
  assert.deepEqual(await chatFrame(page).locator(".from-customer .bubble").allTextContents(), expected, "and the server has each once");
});

check("a message whose acknowledgement is lost is sent again and kept once", {}, async (page) => {
  let swallow = true;
  let said = 0;
  await page.routeWebSocket(/\/chat\/socket/, (line) => {
    const server = line.connectToServer();
    line.onMessage((data) => {
      if (String(data).includes('"say"')) said += 1;
      server.send(data);
    });
    server.onMessage((data) => {
      const { type, from } = JSON.parse(String(data));
      // The server has the message; the line breaks before the customer learns of it.
      if (swallow && (type === "ack" || (type === "event" && from === "customer"))) {
        swallow = false;
        line.close({ code: 1011 });
        server.close();
        return;
      }
      line.send(data);
    });
  });
  const frame = await openChat(page);
  await frame.locator("textarea").fill("do you have umbrellas?");
  await frame.locator("textarea").press("Enter");
  await frame.locator(".slot.from-bot").nth(1).waitFor({ timeout: 60_000 });
  await frame.locator(".delivery").waitFor({ state: "detached" });
  assert.equal(swallow, false);
  assert.ok(said >= 1);
  assert.deepEqual(await frame.locator(".from-customer .bubble").allTextContents(), ["do you have umbrellas?"]);
});

check("counts what was not seen on the launcher, and keeps a half-written message", {}, async (page) => {
  const frame = await openChat(page);
  await frame.locator("textarea").fill("what's popular right now?");
  await frame.locator("textarea").press("Enter");
  await page.keyboard.press("Escape");
  await page.locator("#shop-chat .badge:visible").waitFor({ timeout: 60_000 });
  assert.match(await launcher(page).getAttribute("aria-label"), /new message/);
  await launcher(page).click();
  await page.locator("#shop-chat .badge").waitFor({ state: "hidden" });
  await frame.locator("textarea").fill("half a thou");
  await page.reload();
  assert.equal(await (await ready(page)).locator("textarea").inputValue(), "half a thou");
});

check("takes its looks from the script's attributes, and none of them as markup", { locale: "en-US" }, async (page) => {
  const attributes = {
    language: "zh",
    colour: "#ffcc00",
    position: "left",
    offset: "32 48",
    title: "<b>云雀</b>",
    greeting: "<img src=x onerror=alert(1)>您好",
  };
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const data = Object.entries(attributes).map(([name, value]) => `data-${name}="${escape(value)}"`).join(" ");
  const body = `<!doctype html><html lang="en"><title>Another shop</title><style>button{all:unset}*{color:red!important}</style><h1>Hello</h1><script src="/widget.js" ${data} async></script></html>`;
  await page.route(`${base}/another-shop`, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  const frame = await openChat(page, "/another-shop");
  assert.equal(await frame.locator("html").getAttribute("lang"), "zh-CN");
  assert.equal(await frame.locator(".title").textContent(), attributes.title);
  assert.equal(await frame.locator(".from-bot .bubble").first().textContent(), attributes.greeting);
  const header = await frame.locator(".header").evaluate((element) => ({ ...getComputedStyle(element) }) && [getComputedStyle(element).backgroundColor, getComputedStyle(element).color]);
  assert.deepEqual(header, ["rgb(255, 204, 0)", "rgb(22, 25, 28)"]);
  await page.mouse.move(600, 100);
  await page.waitForTimeout(300);
  const box = await launcher(page).boundingBox();
  assert.deepEqual([Math.round(box.x), Math.round(860 - box.y - box.height)], [32, 48]);
  await shot(page, "themed-left");
});

check("the demo shop: departments, colours, search, language", {}, async (page) => {
  await page.goto(base);
  await page.locator(".tile").first().waitFor();
  await shot(page, "shop");
  // The number of products once it is another than before.
  const total = async (before) => {
    const read = await page.waitForFunction((old) => {
      const count = Number(document.querySelector(".count").textContent.match(/\d+/)?.[0] ?? NaN);
      return count >= 0 && count !== old && { count };
    }, before);
    return (await read.jsonValue()).count;
  };
  const all = await total(null);
  assert.ok(all >= 240, `${all} products`);
  await page.getByRole("button", { name: "Shoes", exact: true }).click();
  const shoes = await total(all);
  assert.ok(shoes > 0 && shoes < all, `${shoes} shoes`);
  await page.getByRole("button", { name: "Red" }).click();
  assert.ok((await total(shoes)) < shoes);
  await page.goBack();
  await page.getByRole("searchbox").fill("umbrella");
  await page.getByRole("searchbox").press("Enter");
  await page.waitForURL(/q=umbrella/);
  await page.goto(base);
  await page.locator(".tile").first().waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  await page.locator(".tile-title").filter({ hasText: /[\u4e00-\u9fff]/ }).first().waitFor();
  assert.match(await launcher(page).getAttribute("aria-label"), /打开/, "the widget follows the page");
  await shot(page, "shop-chinese");
});

check("says so when the assistant cannot be reached, and tries again when asked", {}, async (page, context) => {
  await page.clock.install();
  await context.route(/\/chat\/(#|$)/, (route) => route.abort());
  await page.goto(`${base}/shop/checkout`);
  await launcher(page).click();
  await page.clock.fastForward(13_000);
  await page.locator("#shop-chat .trouble:visible").waitFor();
  await shot(page, "unreachable");
  await context.unroute(/\/chat\/(#|$)/);
  await page.clock.resume();
  await page.locator("#shop-chat .trouble button").click();
  await ready(page);
});
