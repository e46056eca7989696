/** Search of the catalogue; the chosen product goes to the customer as a card. */
import { make } from "../shared/dom.ts";
import { list, object } from "../shared/json.ts";
import type { App } from "./app.ts";
import { cardPlain } from "./cards.ts";
import { openDialog } from "./dialog.ts";
import type { Card } from "./protocol.ts";
import { readCard } from "./reader.ts";

const PAUSE_MS = 200;

export function openPicker(app: App, conversation: string): void {
  const words = app.words();
  const language = app.desk.handoffOf(conversation)?.language ?? app.language();
  const field = make("input", { type: "search", class: "picker-field", autocomplete: "off", role: "combobox", "aria-expanded": "false", "aria-controls": "picker-options", "aria-autocomplete": "list" });
  field.setAttribute("aria-label", words.findProduct);
  field.placeholder = words.findProduct;
  const options = make("ul", { class: "options picker-options", id: "picker-options", role: "listbox", "aria-label": words.findProduct });
  const status = make("p", { class: "hint", role: "status" });
  const send = make("button", { type: "button", class: "primary", disabled: true }, words.sendCard);
  let found: Card[] = [];
  let active = -1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: AbortController | null = null;

  const setActive = (index: number): void => {
    options.children[active]?.setAttribute("aria-selected", "false");
    active = found.length ? (index + found.length) % found.length : -1;
    const item = options.children[active];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
    send.disabled = active < 0;
  };
  const draw = (cards: Card[]): void => {
    found = cards;
    options.replaceChildren(...cards.map((card, index) => make("li", { class: "option product", id: `pick-${index}`, role: "option", "aria-selected": "false" }, ...cardPlain(card))));
    field.setAttribute("aria-expanded", String(cards.length > 0));
    options.hidden = !cards.length;
    status.textContent = cards.length ? words.productsFound(cards.length) : words.noProducts;
    setActive(0);
  };
  const run = async (): Promise<void> => {
    asked?.abort();
    const mine = (asked = new AbortController());
    try {
      const body = await app.api.get("products", { q: field.value.trim().slice(0, 200), language }, mine.signal);
      if (!mine.signal.aborted) draw(list(object(body).products, readCard));
    } catch {
      if (!mine.signal.aborted) status.textContent = words.failed;
    }
  };
  const sendIt = (): void => {
    const card = found[active];
    if (!card) return;
    app.actions.send(conversation, { card });
    app.announce(words.cardSent(card.title));
    dialog.close();
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") setActive(active + 1);
    else if (event.key === "ArrowUp") setActive(active - 1);
    else if (event.key === "Enter") sendIt();
    else return;
    event.preventDefault();
  });
  options.addEventListener("pointerdown", (event) => event.preventDefault());
  options.addEventListener("click", (event) => setActive([...options.children].findIndex((item) => item.contains(event.target as Node))));
  options.addEventListener("dblclick", sendIt);
  send.addEventListener("click", sendIt);
  const cancel = make("button", { type: "button" }, words.cancel);
  cancel.addEventListener("click", () => dialog.close());
  const dialog = openDialog({
    title: words.product,
    words,
    body: [field, status, options, make("div", { class: "form-buttons" }, send, cancel)],
    onClose: () => {
      clearTimeout(timer);
      asked?.abort();
    },
  });
  void run();
}
