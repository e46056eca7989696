/** Careful reading of JSON: what is missing or of a wrong kind becomes empty, never an exception. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
export const object = (value: unknown): Json => (isObject(value) ? value : {});
export const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
export const textOrNull = (value: unknown): string | null => text(value) || null;
export const number = (value: unknown, otherwise = 0): number => (typeof value === "number" && Number.isFinite(value) ? value : otherwise);
export const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);

/** The objects of an array, each read; those that `read` refuses (null) are left out. */
export const list = <T>(value: unknown, read: (item: Json) => T | null): T[] =>
  Array.isArray(value) ? value.filter(isObject).map(read).filter((item): item is Awaited<T> & T => item !== null) : [];

/** The value if it is one of the known words. */
export const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
  known.includes(value as T) ? (value as T) : otherwise;
