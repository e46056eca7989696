/** To whom a conversation goes: a colleague who is there, or a group. */
import { make } from "../shared/dom.ts";
import { labelOf, wordFor, type App } from "./app.ts";
import { choices, chosen, field, openForm, type Option } from "./dialog.ts";
import type { Colleague, Handoff } from "./protocol.ts";

/** Who speaks the customer's language and has room comes first. */
export function order(colleagues: readonly Colleague[], language: string | null): Colleague[] {
  const rank = (one: Colleague): number =>
    (one.status === "online" ? 0 : 100) + (language && !one.languages.includes(language) ? 20 : 0) + (one.load >= one.max_load ? 10 : 0) + one.load / Math.max(1, one.max_load);
  return [...colleagues].sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}

export function openTransfer(app: App, handoff: Handoff): void {
  const words = app.words();
  const { desk } = app;
  const there = order([...desk.colleagues.values()].filter((one) => one.id !== desk.me.id && one.status !== "offline"), handoff.language);
  const people: Option[] = there.map((one) => ({
    value: `agent:${one.id}`,
    label: one.name,
    detail: [words.status[one.status], words.loadOf(one.load, one.max_load), ...one.languages.map((language) => wordFor(words.languageName, language))].join(" · "),
  }));
  const groups: Option[] = desk.settings.groups.map((group) => ({ value: `group:${group.id}`, label: group[app.language()] }));
  const name = "transfer-to";
  const note = make("textarea", { rows: 2, dir: "auto" });
  const form = openForm({
    title: words.transferTitle,
    words,
    fields: [
      people.length ? choices(words.toPerson, "radio", people, name) : make("p", { class: "empty" }, words.noColleagues),
      groups.length ? choices(words.toGroup, "radio", groups, name) : null,
      field(words.noteForColleague, note),
    ],
    submit: words.transfer,
    onSubmit: () => {
      const [to] = chosen(form);
      if (!to) return words.chooseTarget;
      const [kind, id] = [to.slice(0, 5), to.slice(6)];
      return (async () => {
        // First the note: after the transfer the conversation may be another group's.
        const text = note.value.trim();
        if (text && !(await app.actions.note(handoff, text))) return false;
        note.value = "";
        const target = kind === "agent" ? { agent: Number(id) } : { group: id };
        const label = kind === "agent" ? (desk.nameOf(Number(id)) ?? id) : labelOf(desk.settings.groups, id, app.language());
        return app.actions.transfer(desk.handoffOf(handoff.conversation) ?? handoff, target, label);
      })();
    },
  });
}
