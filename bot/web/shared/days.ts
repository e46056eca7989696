/** The lines between two days of a conversation. */

/** The day of a time stamp as a key; empty for a broken one. */
export function dayOf(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toDateString();
}

/** What stands between two days. */
export function dayLabel(at: string, locale: string, words: { today: string; yesterday: string }): string {
  const date = new Date(at);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  return date.toLocaleDateString(locale, { day: "numeric", month: "long", weekday: "short" });
}
