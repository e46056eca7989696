/** Careful reading of JSON: what is missing or of a wrong kind becomes empty, never an exception. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
export const object = (value: unknown): Json => (isObject(value) ? value : {});
export const string = (value: unknown): string => (typeof value === "string" ? value : "");
export const stringOrNull = (value: unknown): string | null => string(value) || null;
/** A string, or a number in digits: what a person reads. */
export const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
export const textOrNull = (value: unknown): string | null => text(value) || null;
export const number = (value: unknown, otherwise = 0): number => (typeof value === "number" && Number.isFinite(value) ? value : otherwise);
export const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
/** A number that counts something: whole and not negative. */
export const count = (value: unknown): number | null => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null);
export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);

/** The objects of an array, each read; those that `read` refuses (null) are left out. */
export const list = <T>(value: unknown, read: (item: Json) => T | null): T[] =>
  Array.isArray(value) ? value.filter(isObject).map(read).filter((item): item is Awaited<T> & T => item !== null) : [];

/** The value if it is one of the known words. */
export const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
  known.includes(value as T) ? (value as T) : otherwise;

/** A text frame that should hold one object; null for anything else. */
export function parseObject(data: unknown): Json | null {
  try {
    const value: unknown = JSON.parse(String(data));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
