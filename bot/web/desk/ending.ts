/** The end of a conversation: why, and under which tags it is found again. */
import { make } from "../shared/dom.ts";
import type { App } from "./app.ts";
import { choices, chosen, field, openForm } from "./dialog.ts";
import type { Handoff } from "./protocol.ts";
import { Tags } from "./tags.ts";

/** The reason for which the agent may write his own; the server has it among its own, or takes any. */
const OTHER = "other";

export function openEnding(app: App, handoff: Handoff): void {
  const words = app.words();
  const { settings } = app.desk;
  const reasons = settings.close_reasons.filter((reason) => reason.id !== OTHER).map((reason) => ({ value: reason.id, label: reason[app.language()] }));
  const other = settings.close_reasons.find((reason) => reason.id === OTHER);
  const options = choices(words.closeReason, "radio", [...reasons, { value: OTHER, label: other?.[app.language()] ?? words.other, checked: !reasons.length }]);
  const own = make("input", { autocomplete: "off", maxlength: 100, dir: "auto" });
  const ownField = field(words.otherReason, own);
  const follow = (): void => {
    ownField.hidden = chosen(options)[0] !== OTHER;
  };
  options.addEventListener("change", () => {
    follow();
    if (!ownField.hidden) own.focus();
  });
  follow();
  const tags = new Tags(words, settings.tags, () => undefined);
  tags.show(handoff.tags);
  openForm({
    title: words.closeTitle,
    words,
    fields: [options, ownField, make("div", { class: "field" }, make("span", { class: "label", "aria-hidden": "true" }, words.tags), tags.element)],
    submit: words.end,
    onSubmit: () => {
      const [reason] = chosen(options);
      const text = reason === OTHER ? own.value.trim() || other?.id : reason;
      if (!text) return words.chooseReason;
      return app.actions.end(app.desk.handoffOf(handoff.conversation) ?? handoff, text, tags.tags);
    },
  });
}
