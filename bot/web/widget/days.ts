import type { Language } from "../shared/language.ts";
import type { Words } from "./words.ts";

/** The day of a time stamp; empty for a broken one. */
export const dayOf = (at: string): string => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toDateString();
};

/** What the line between two days says. */
export function dayLabel(at: string, language: Language, words: Words): string {
  const date = new Date(at);
  const daysAgo = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (daysAgo === 0) return words.today;
  if (daysAgo === 1) return words.yesterday;
  return date.toLocaleDateString(language === "zh" ? "zh-CN" : "en", { day: "numeric", month: "long", weekday: "short" });
}
