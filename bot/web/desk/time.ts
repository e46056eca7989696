/** Times and durations in words. The server's clock counts: an agent's own may be wrong by minutes. */
import { dayLabel, dayOf } from "../shared/days.ts";
import type { Language } from "../shared/language.ts";
import type { Words } from "./words.ts";

let ahead = 0;

/** Learns how far this computer's clock is ahead of the server's. */
export function setServerTime(now: string): void {
  const at = Date.parse(now);
  if (at > 0) ahead = Date.now() - at;
}

export const serverNow = (): number => Date.now() - ahead;

/** Seconds since a time stamp; never negative, 0 for a broken one. */
export function secondsSince(at: string | null, now: number = serverNow()): number {
  const then = at ? Date.parse(at) : NaN;
  return Number.isNaN(then) ? 0 : Math.max(0, Math.floor((now - then) / 1000));
}

/** "40 s", "12 min", "2 h 5 min", "3 days": as exact as one reads it at a glance. */
export function duration(seconds: number, words: Words): string {
  const whole = Math.round(seconds);
  if (whole < 60) return words.seconds(whole);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return words.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? words.hours(hours, minutes % 60) : words.days(Math.floor(hours / 24));
}

export const localeOf = (language: Language): string => (language === "zh" ? "zh-CN" : "en-GB");

const clocks = new Map<Language, Intl.DateTimeFormat>();
/** "14:05". */
export function clock(at: string, language: Language): string {
  let format = clocks.get(language);
  if (!format) clocks.set(language, (format = new Intl.DateTimeFormat(localeOf(language), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })));
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : format.format(date);
}

/** "today 14:05", "3 May 14:05". */
export function dayAndClock(at: string, language: Language, words: Words): string {
  if (!dayOf(at)) return "";
  return `${dayLabel(at, localeOf(language), words)} ${clock(at, language)}`;
}
