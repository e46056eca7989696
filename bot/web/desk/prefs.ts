/** What an agent has chosen for himself, kept in this browser. */
import { chooseLanguage, tagOf, type Language } from "../shared/language.ts";
import type { Store } from "../shared/storage.ts";

export interface Choices {
  language: Language;
  theme: "auto" | "light" | "dark";
  density: "comfortable" | "compact";
  sound: boolean;
  notifications: boolean;
  singleKeys: boolean;
}

const KEY = "choices";

export class Prefs {
  private choices: Choices;

  constructor(
    private readonly store: Store,
    languages: readonly string[],
  ) {
    const usual: Choices = {
      language: chooseLanguage(...languages),
      theme: "auto",
      density: "comfortable",
      sound: true,
      notifications: false,
      singleKeys: true,
    };
    this.choices = { ...usual, ...store.get<Partial<Choices>>(KEY, {}) };
    if (this.choices.language !== "zh") this.choices.language = "en";
  }

  get all(): Readonly<Choices> {
    return this.choices;
  }

  set(change: Partial<Choices>): void {
    this.choices = { ...this.choices, ...change };
    this.store.set(KEY, this.choices);
  }
}

/** Language, colours and density of the page. */
export function apply({ language, theme, density }: Readonly<Choices>, root: HTMLElement, systemIsDark: boolean): void {
  root.lang = tagOf(language);
  root.dataset.theme = theme === "auto" ? (systemIsDark ? "dark" : "light") : theme;
  root.dataset.density = density;
}
