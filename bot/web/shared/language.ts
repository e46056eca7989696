/** The two languages that the pages speak. */

export type Language = "en" | "zh";

export function readLanguage(value: unknown): Language | null {
  return value === "en" || value === "zh" ? value : null;
}

/** As `lang` of a page and of a part in that language. */
export const tagOf = (language: Language): string => (language === "zh" ? "zh-CN" : "en");

/** The first of the given tags (`zh-CN`, `en`, …) that names a language of ours; English if none does. */
export function chooseLanguage(...tags: (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const primary = (tag ?? "").trim().toLowerCase().split(/[-_]/)[0];
    if (primary === "zh" || primary === "en") return primary;
  }
  return "en";
}

/** The language a text is plainly written in, or null ("M", "A1029", "👍"). Mixed text with Chinese in it is Chinese. */
export function languageOfText(text: string): Language | null {
  if (/[\u3400-\u9fff]/.test(text)) return "zh";
  // Addresses are in no language: a Chinese customer's e-mail address must not turn the page English.
  const words = text.replace(/https?:\/\/\S+|\S+@\S+/gi, " ").match(/[a-z']{2,}/gi) ?? [];
  return words.length >= 3 ? "en" : null;
}
