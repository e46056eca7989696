// The desk's pages: in and out, by keyboard alone, in both languages and colours, on a tablet.
import assert from "node:assert/strict";
import { base, check, inner, inspect, openChat, say, shot, write } from "./harness.mjs";
import { act, askForPerson, bubble, claim, customerWaits, dialog, fits, mayWrite, message, nameOf, reply, row, signIn } from "./desk.mjs";

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
