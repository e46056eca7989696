// What the desk's tests share: agents at /desk (conftest.py has made their accounts) and customers who want a person.
import assert from "node:assert/strict";
import { base, openChat, write } from "./harness.mjs";

export const password = process.env.SHOP_TEST_PASSWORD;
const ASK = "let me talk to a human";

// --- the agent's side -------------------------------------------------------------------------------------------------

/** Opens the desk and signs in by the form; the page is ready when this returns. */
export async function signIn(page, login) {
  await page.goto(`${base}/desk`);
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("html[data-line=open]").waitFor({ state: "attached" });
}

export const dialog = (page) => page.locator("dialog[open]");
export const row = (page, name) => page.locator(".lists .row", { hasText: name });
export const message = (page, text) => page.locator(".log .message", { hasText: text });
export const mayWrite = (page) => page.locator(".composer:not(.for-note) textarea:focus").waitFor();

/** Claims a waiting customer; the field is ready when this returns. */
export async function claim(page, name) {
  await row(page, name).locator(".row-claim").click();
  await mayWrite(page);
}

/** Writes to the customer and waits until the server has it (as `shown`). */
export async function reply(page, text, shown = text) {
  await page.locator(".composer textarea").fill(text);
  await page.locator(".composer textarea").press("Enter");
  await page.locator(".log .message.from-agent[data-seq]", { hasText: shown }).first().waitFor();
}

/** Presses a button above the conversation and sends the form that it opens, once `fill` has filled it in. */
export async function act(page, button, fill = async () => undefined) {
  await page.locator(".talk-buttons").getByRole("button", { name: button }).click();
  await fill(dialog(page));
  await dialog(page).locator("button[type=submit]").click();
  await dialog(page).waitFor({ state: "detached" });
}

/** Nothing is wider than the window, and no text of a button is cut. */
export async function fits(page) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= window, `${wide} px in a window of ${window}`);
  const cut = await page.locator("button:visible").evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.matches(".row-button, .past")).map((one) => one.textContent));
  assert.deepEqual(cut, []);
}

// --- the customer's side ----------------------------------------------------------------------------------------------

/** Asks for a person and waits in the queue; returns what the desk calls this customer. */
export async function askForPerson(page, frame, text = ASK) {
  await write(frame, text);
  await frame.locator(".handoff[data-state=queued]").waitFor({ timeout: 60_000 });
  return nameOf(page);
}

/** A new customer on the demo shop's page who waits for a person. */
export async function customerWaits(page, text = ASK) {
  const frame = await openChat(page);
  return { page, frame, name: await askForPerson(page, frame, text) };
}

export async function nameOf(page) {
  const id = await page.evaluate(() => JSON.parse(localStorage.getItem("shop-chat:conversation")));
  return `Customer ${id.slice(-4)}`;
}

export const bubble = (frame, text) => frame.locator(".slot .bubble", { hasText: text });
export const botSaid = (frame) => frame.locator(".slot.from-bot:not(.greeting)").count();

/** All that the customer can read in the chat. */
export const customerReads = (frame) =>
  frame.locator("body").evaluate((body) => `${body.innerText}\n${body.querySelector("deep-chat").shadowRoot.getElementById("messages").innerText}`);
