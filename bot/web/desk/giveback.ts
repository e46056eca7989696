/** Back to the assistant, with what was agreed. */
import { make } from "../shared/dom.ts";
import type { Language } from "../shared/language.ts";
import type { App } from "./app.ts";
import { field, openForm } from "./dialog.ts";
import type { Agreed, Handoff, Labelled } from "./protocol.ts";

/** What the fields say; null for a budget that is no number. Colours are told by their id when it is one of the shop's. */
export function agreed(
  fields: { size: string; colour: string; budget: string; order: string },
  colours: readonly Labelled[],
  language: Language,
): Agreed | null {
  const slots: Agreed = {};
  const [size, colour, order] = [fields.size.trim(), fields.colour.trim(), fields.order.trim()];
  const budget = fields.budget.trim().replace(",", ".").replace(/^[^\d.-]+|[^\d.]+$/g, "");
  if (size) slots.size = size;
  if (colour) slots.colour = colours.find((one) => one[language].toLowerCase() === colour.toLowerCase() || one.id === colour)?.id ?? colour;
  if (fields.budget.trim()) {
    const number = Number(budget);
    if (!budget || !Number.isFinite(number) || number < 0) return null;
    slots.budget = number;
  }
  if (order) slots.order = order;
  return slots;
}

export function openGiveBack(app: App, handoff: Handoff): void {
  const words = app.words();
  const { colours, sizes } = app.desk.settings;
  const input = (): HTMLInputElement => make("input", { autocomplete: "off", dir: "auto", maxlength: 100 });
  const [size, colour, budget, order] = [input(), input(), input(), input()];
  budget.inputMode = "decimal";
  const note = make("textarea", { rows: 2, dir: "auto" });
  openForm({
    title: words.giveBackTitle,
    words,
    fields: [
      make("p", { class: "hint" }, words.giveBackHint),
      make(
        "div",
        { class: "field-pair" },
        field(words.size, size, "", sizes),
        field(words.colour, colour, "", colours.map((one) => one[app.language()])),
        field(words.budget, budget),
        field(words.orderId, order),
      ),
      field(words.noteForBot, note),
    ],
    submit: words.giveBack,
    onSubmit: () => {
      const slots = agreed({ size: size.value, colour: colour.value, budget: budget.value, order: order.value }, colours, app.language());
      if (!slots) return words.badBudget;
      return app.actions.giveBack(app.desk.handoffOf(handoff.conversation) ?? handoff, slots, note.value.trim() || null);
    },
  });
}
