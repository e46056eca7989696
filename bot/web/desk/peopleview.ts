/** Who works at the desk: for leads, to add people and to change what they may do. */
import { make } from "../shared/dom.ts";
import { list, object } from "../shared/json.ts";
import { ApiError } from "./api.ts";
import { labelOf, wordFor, type App } from "./app.ts";
import { choices, chosen, field, openForm, select } from "./dialog.ts";
import type { TeamMember } from "./protocol.ts";
import { readMember } from "./reader.ts";

export class PeopleView {
  readonly element = make("div", { class: "people" });
  private readonly table = make("table", {});

  constructor(private readonly app: App) {
    const words = app.words();
    const add = make("button", { type: "button", class: "primary" }, words.newAgent);
    add.addEventListener("click", () => this.edit(null));
    this.element.append(make("div", { class: "figures-head" }, make("h2", {}, words.people), make("span", { class: "top-space" }), add), make("div", { class: "table-frame", tabindex: 0, role: "group", "aria-label": words.people }, this.table));
  }

  async start(): Promise<void> {
    try {
      this.draw(list(object(await this.app.api.get("agents")).agents, readMember));
    } catch {
      this.app.say(this.app.words().failed, "problem");
    }
  }

  private draw(people: TeamMember[]): void {
    const { app } = this;
    const words = app.words();
    const head = [words.name, words.login, words.role, words.groups, words.languages, words.maxLoad, ""];
    const rows = people.map((person) => {
      const edit = make("button", { type: "button", class: "link", "aria-label": `${words.edit}: ${person.name}` }, words.edit);
      edit.addEventListener("click", () => this.edit(person));
      const cells = [
        person.login,
        words.roles[person.role],
        person.groups.map((group) => labelOf(app.desk.settings.groups, group, app.language())).join(", "),
        person.languages.map((language) => wordFor(words.languageName, language)).join(", "),
        String(person.max_load),
      ];
      return make(
        "tr",
        { class: person.active ? "" : "inactive" },
        make("th", { scope: "row", dir: "auto" }, person.name, person.active ? null : make("span", { class: "hint" }, ` (${words.inactive})`)),
        ...cells.map((cell) => make("td", { dir: "auto" }, cell)),
        make("td", {}, edit),
      );
    });
    this.table.replaceChildren(make("thead", {}, make("tr", {}, ...head.map((name) => (name ? make("th", { scope: "col" }, name) : make("td", {}))))), make("tbody", {}, ...rows));
  }

  private edit(person: TeamMember | null): void {
    const { app } = this;
    const words = app.words();
    const language = app.language();
    const login = make("input", { autocomplete: "off", autocapitalize: "none", maxlength: 100 });
    const name = make("input", { autocomplete: "off", maxlength: 100, dir: "auto" });
    name.value = person?.name ?? "";
    const password = make("input", { type: "password", autocomplete: "new-password", maxlength: 500 });
    const role = select(Object.entries(words.roles), person?.role ?? "agent");
    const load = make("input", { type: "number", min: 1, max: 50 });
    load.value = String(person?.max_load ?? 4);
    const groups = choices(words.groups, "checkbox", app.desk.settings.groups.map((group) => ({ value: group.id, label: group[language], checked: person ? person.groups.includes(group.id) : true })));
    const languages = choices(words.languages, "checkbox", Object.entries(words.languageName).map(([value, label]) => ({ value, label, checked: person ? person.languages.includes(value) : true })));
    const active = make("input", { type: "checkbox", checked: person?.active ?? true });
    openForm({
      title: person ? words.editAgent(person.name) : words.newAgent,
      words,
      fields: [
        person ? null : field(words.login, login),
        field(words.name, name),
        field(person ? words.newPassword : words.password, password, person ? words.keepPassword : ""),
        make("div", { class: "field-pair" }, field(words.role, role), field(words.maxLoad, load)),
        groups,
        languages,
        person ? make("label", { class: "choice" }, active, make("span", {}, words.active)) : null,
      ],
      submit: words.save,
      onSubmit: async () => {
        const body = {
          name: name.value.trim(),
          role: role.value,
          groups: chosen(groups),
          languages: chosen(languages),
          max_load: Number(load.value) || 1,
          ...(password.value ? { password: password.value } : {}),
          ...(person ? { active: active.checked } : { login: login.value.trim() }),
        };
        try {
          await app.api.call("POST", person ? `agents/${person.id}` : "agents", body);
        } catch (error) {
          app.say((error instanceof ApiError && error.sentence) || words.failed, "problem");
          return false;
        }
        app.say(words.saved);
        void this.start();
        return true;
      },
    });
  }
}
