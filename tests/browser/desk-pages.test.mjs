// The desk's pages: in and out, by keyboard alone, in both languages and colours, on a tablet, with what strangers write.
import assert from "node:assert/strict";
import { base, check, field as chatField, HOSTILE, inner, inspect, openChat, say, shot, write } from "./harness.mjs";
import { act, askForPerson, bubble, claim, customerWaits, dialog, mayWrite, message, nameOf, reply, row, signIn } from "./desk.mjs";

check("in and out: what is wrong is said, guessing is slowed down, signing out ends every page", {}, async (page, context) => {
  await page.goto(`${base}/desk`);
  const login = page.locator("input[name=login]");
  const problem = page.locator(".problem");
  const enter = async (name, word) => {
    await login.fill(name);
    await page.locator("input[name=password]").fill(word);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^(Sign in|登录)$/ }).waitFor();
  };
  await login.waitFor();
  await inspect(page, "sign-in");
  await shot(page, "desk-sign-in");
  await enter("nobody", "not this one");
  await problem.filter({ hasText: "Login or password is wrong." }).waitFor();
  for (let time = 0; time < 5; time += 1) await enter("nobody", "not this one");
  assert.match(await problem.innerText(), /^Too many attempts\. Try again in \d+ s\.$/);
  await shot(page, "desk-locked");
  await page.getByRole("button", { name: "中文" }).click();
  assert.equal(await page.locator("h1").innerText(), "客服工作台");
  await enter("nobody", "not this one");
  assert.match(await problem.innerText(), /^尝试次数过多，请 \d+ 秒后再试。$/);
  await inspect(page, "sign-in in Chinese");
  await page.getByRole("button", { name: "English" }).click();

  await signIn(page, "ben");
  const [cookie] = (await context.cookies()).filter(({ name }) => name === "desk_session");
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Strict", "/desk"]);
  assert.equal(await page.locator(".top .view-tabs").count(), 0, "figures are for leads");
  await page.reload();
  await page.locator("html[data-line=open]").waitFor({ state: "attached" });
  const other = await context.newPage();
  await other.goto(`${base}/desk/`);
  await other.locator("html[data-line=open]").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Settings" }).click();
  await dialog(page).getByRole("button", { name: "Sign out" }).click();
  await login.waitFor();
  await other.locator(".notice", { hasText: "You have been signed out. Please sign in again." }).waitFor();
  assert.deepEqual((await context.cookies()).filter(({ name, value }) => name === "desk_session" && value), []);
});

check("by keyboard alone: claim, answer, next conversation, close; and the list of all shortcuts", {}, async (page, _context, another) => {
  const desk = await another();
  await signIn(desk, "ben");
  const first = await customerWaits(page);
  const second = await customerWaits(await another());
  await row(desk, second.name).waitFor();
  const keys = desk.keyboard;

  await keys.press("?");
  await dialog(desk).waitFor();
  const listed = await dialog(desk).locator("dt").allInnerTexts();
  for (const key of ["C", "J", "K", "E", "T", "B", "R", "N", "/"]) assert.ok(listed.some((each) => each.trim() === key), `${key} is documented`);
  await shot(desk, "desk-shortcuts");
  await keys.press("Escape");

  await keys.press("c");
  await mayWrite(desk);
  assert.equal(await desk.locator(".talk-name").innerText(), first.name, "who has waited longest comes first");
  await keys.type("Hello, how can I help? Just ask c, j, e or ?");
  await keys.press("Enter");
  await bubble(first.frame, "Just ask c, j, e or ?").waitFor();
  await keys.press("Alt+ArrowDown");
  await desk.locator(".talk-name", { hasText: second.name }).waitFor();
  await keys.press("Escape");
  await keys.press("c");
  await mayWrite(desk);
  await keys.type("One moment");
  await keys.press("Enter");
  await bubble(second.frame, "One moment").waitFor();
  await write(first.frame, "thank you, that was all");
  await row(desk, first.name).locator(".badge", { hasText: "1" }).waitFor();
  await keys.press("Alt+u");
  await desk.locator(".talk-name", { hasText: first.name }).waitFor();
  await message(desk, "thank you, that was all").waitFor();
  await keys.press("Escape");
  await desk.locator(".row-button:focus", { hasText: first.name }).waitFor();
  for (const [key, name] of [["j", second.name], ["k", first.name]]) {
    await keys.press(key);
    await desk.locator(".row-button:focus", { hasText: name }).waitFor();
  }
  for (const { name, frame } of [first, second]) {
    await desk.locator(".talk-name", { hasText: name }).waitFor();
    await keys.press("e");
    await dialog(desk).locator("input[type=radio]").first().waitFor();
    await keys.press("Space");
    await keys.press("Enter");
    await bubble(frame, "Ben has ended the conversation.").waitFor();
    await dialog(desk).waitFor({ state: "detached" });
    await row(desk, name).waitFor({ state: "detached" });
    if (name === first.name) await keys.press("j");
  }
});

check("every page in English and Chinese, light and dark, without a serious fault", {}, async (page, _context, another) => {
  await signIn(page, "anna");
  const customer = await another({ locale: "zh-CN" });
  const frame = await openChat(customer);
  await say(frame, "想买一件蓝色的连衣裙");
  await askForPerson(customer, frame, "我要找人工客服");
  const name = await nameOf(customer);
  assert.match(await frame.locator(".handoff").innerText(), /正在等待人工客服\s+您是下一位/);
  await inspect(inner(customer), "the widget in the queue");
  await shot(customer, "handoff-chinese");

  await row(page, name).waitFor();
  await inspect(page, "queue");
  await claim(page, name);
  await reply(page, "您好，我是 Anna。");
  await bubble(frame, "您好，我是 Anna。").waitFor();
  await write(frame, "有 M 码吗？");
  await message(page, "有 M 码吗？").waitFor();
  await page.keyboard.press("Alt+n");
  await page.keyboard.type("Asks for M");
  await page.keyboard.press("Enter");
  await message(page, "Asks for M").waitFor();
  await inspect(inner(customer), "the widget with a person");
  const english = await tour(page, "English");

  await page.getByRole("button", { name: "Settings" }).click();
  await dialog(page).getByLabel("Colours").selectOption("dark");
  await dialog(page).getByLabel("Language").selectOption("zh");
  await page.locator("dialog[open]", { hasText: "设置" }).waitFor();
  await page.keyboard.press("Escape");
  const chinese = await tour(page, "Chinese");
  // Names of people, keys, shortcuts and languages are the same everywhere.
  const names = /^(Anna|Ben|Dora|Olga|English|\/\w+|(Alt|Shift|Enter|Esc).{0,5})$/;
  assert.deepEqual([...english].filter((words) => chinese.has(words) && !names.test(words)), [], "not translated");
  await mayWriteIn(page, "/mo");
  assert.match(await page.locator(".slash .option").first().innerText(), /请稍等/, "in the customer's language first");
  await shot(page, "desk-chinese-dark");
  await page.keyboard.press("Escape");
  await page.locator(".composer textarea").fill("");
  await act(page, "结束", (form) => form.getByLabel("已解决").check());
  await bubble(frame, "Anna 已结束本次服务。").waitFor();
  await inspect(inner(customer), "the widget's rating");
  await shot(customer, "handoff-chinese-rating");
});

const mayWriteIn = async (page, text) => {
  await page.locator(".composer textarea").focus();
  await page.keyboard.type(text);
};

/** Opens everything there is, and returns the desk's own words. */
async function tour(page, language) {
  const words = new Set();
  const look = async (name, dialogs = false) => {
    // A dialog has the same elements in both languages.
    if (!dialogs || language === "English") await inspect(page, `${name} in ${language}`);
    await shot(page, `desk-${language}-${name}`.toLowerCase().replaceAll(" ", "-"));
    const own = "button, h1, h2, h3, dt, label, legend, th, option, figcaption, summary, .hint, .empty, .talk-bar, .row-facts, .keys-hint, .note-label, .audit li";
    for (const text of await page.locator(own).allInnerTexts()) if (/[A-Za-z]{3}/.test(text)) words.add(text.trim());
    for (const label of await page.locator("[aria-label], [placeholder], [title]").evaluateAll((all) => all.flatMap((one) => ["aria-label", "placeholder", "title"].map((key) => one.getAttribute(key) ?? "")))) {
      if (/[A-Za-z]{3}/.test(label)) words.add(label);
    }
  };
  await page.locator(".packet summary").click();
  await page.locator(".audit li").first().scrollIntoViewIfNeeded();
  await look("conversation");
  for (const [name, key] of [["transfer", "t"], ["return", "b"], ["close", "e"], ["product", "p"], ["shortcuts", "?"]]) {
    await page.keyboard.press("Escape");
    await page.locator(".row-button:focus").waitFor();
    await page.keyboard.press(key);
    await dialog(page).waitFor();
    if (name === "product") await dialog(page).locator(".option").first().waitFor();
    await look(name, true);
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  }
  await page.locator(".top button.icon-button").filter({ visible: true }).last().click();
  await dialog(page).waitFor();
  await look("settings", true);
  await page.keyboard.press("Escape");
  await page.locator(".top .view-tab").nth(1).click();
  for (const [index, name, wait] of [[0, "figures", ".chart-svg >> nth=0"], [1, "people", ".people tbody tr >> nth=0"], [2, "canned replies", ".canned tbody tr >> nth=0"]]) {
    await page.locator(".lead-tabs .view-tab").nth(index).click();
    await page.locator(wait).waitFor();
    await look(name);
    if (!index) continue;
    await page.locator(".figures-head button.primary").click();
    await dialog(page).waitFor();
    await look(`add to ${name}`, true);
    await page.keyboard.press("Escape");
  }
  await page.locator(".top .view-tab").first().click();
  return words;
}

check("on a tablet: columns become drawers, nothing is cut off, everything is large enough for a finger", { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true }, async (page, _context, another) => {
  await signIn(page, "ben");
  const { frame, name, page: customer } = await customerWaits(await another());
  await fits(page);
  await shot(page, "desk-tablet-empty");
  await page.getByRole("button", { name: "Show the lists" }).first().tap();
  await row(page, name).waitFor();
  await page.waitForTimeout(250);
  await shot(page, "desk-tablet-lists");
  await fingers(page);
  await row(page, name).locator(".row-claim").tap();
  await page.locator(".composer:not(.for-note) textarea").waitFor();
  await reply(page, "Hello from a tablet");
  await bubble(frame, "Hello from a tablet").waitFor();
  await fits(page);
  await shot(page, "desk-tablet");
  await page.getByRole("button", { name: "Show the context" }).tap();
  await page.locator(".packet.drawn .part", { hasText: "Summary" }).waitFor();
  await page.waitForTimeout(250);
  await shot(page, "desk-tablet-context");
  await inspect(page, "tablet");
  await fingers(page);
  await page.keyboard.press("Escape");
  for (const width of [1280, 1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(250);
    await fits(page);
    await shot(page, `desk-${width}`);
  }
  await act(page, "Close", (form) => form.getByLabel("Solved").check());
  await customer.close();
});

/** Whatever one can press is large enough for a finger. */
async function fingers(page) {
  const small = await page.locator("button:visible, select:visible, input:visible:not([type=checkbox], [type=radio])").evaluateAll((all) =>
    all
      .filter((one) => !one.matches(".link, .chip-remove") && one.getBoundingClientRect().height < 40 && !one.closest("[inert]"))
      .map((one) => `${one.className} ${one.textContent} ${one.getBoundingClientRect().height}`),
  );
  assert.deepEqual(small, []);
}

/** Nothing is wider than the window, and no text of a button is cut. */
async function fits(page) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= window, `${wide} px in a window of ${window}`);
  const cut = await page.locator("button:visible").evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.matches(".row-button, .past")).map((one) => one.textContent));
  assert.deepEqual(cut, []);
}

check("what strangers write is text at both ends, and a line of a megabyte stops nobody", {}, async (page, _context, another) => {
  const megabyte = "A".repeat(2 ** 20);
  const desk = await another();
  let inject;
  await desk.routeWebSocket(/\/desk\/socket/, (line) => {
    const server = line.connectToServer();
    inject = (frame) => line.send(JSON.stringify(frame));
    line.onMessage((data) => server.send(data));
    server.onMessage((data) => line.send(data));
  });
  let injectToCustomer;
  await page.routeWebSocket(/\/chat\/socket/, (line) => {
    const server = line.connectToServer();
    injectToCustomer = (frame) => line.send(JSON.stringify(frame));
    line.onMessage((data) => server.send(data));
    server.onMessage((data) => line.send(data));
  });
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
  const event = { type: "event", at: new Date().toISOString(), id: null, reply_to: null, text: megabyte, photo: null, cards: [], buttons: [], picture: null };
  inject({ ...event, conversation, from: "customer", seq: 1 + Number(await desk.locator(".log .message[data-seq]").last().getAttribute("data-seq")), agent: null });
  await desk.locator(".log .show-all").waitFor();
  injectToCustomer({ ...event, from: "agent", seq: 100_000, agent: { name: "Ben" } });
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
