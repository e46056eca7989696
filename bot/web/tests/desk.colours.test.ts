import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { contrast } from "../widget/theme.ts";

/** The custom properties of the light and the dark colours. The bundles run in this package's folder. */
function themes(): Record<string, string>[] {
  const css = readFileSync(path.resolve("desk/colours.css"), "utf8");
  return [...css.matchAll(/\{([^}]*)\}/g)].map(([, body]) => Object.fromEntries([...body!.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])));
}

/** Text and what it stands on. */
const PAIRS: [string, string][] = [
  ["text", "paper"], ["text", "side"], ["text", "raised"], ["text", "hover"], ["text", "bubble"], ["text", "note"], ["text", "tint"],
  ["soft", "paper"], ["soft", "side"], ["soft", "raised"], ["soft", "hover"], ["soft", "tint"], ["soft", "bubble"],
  ["ink", "paper"], ["ink", "side"], ["ink", "raised"], ["ink", "tint"], ["ink", "bubble"],
  ["on-accent", "accent"], ["on-accent", "accent-hover"], ["on-own", "own"],
  ["warn", "paper"], ["warn", "side"], ["warn", "note"], ["warn", "tint"], ["bad", "paper"], ["bad", "bad-tint"], ["bad", "raised"],
];

test("desk colours: all text can be read, light and dark; borders of controls are seen", () => {
  const [light, dark] = themes();
  for (const theme of [light!, dark!]) {
    for (const [text, ground] of PAIRS) assert.ok(contrast(theme[text]!, theme[ground]!) >= 4.5, `${text} ${theme[text]} on ${ground} ${theme[ground]}`);
    for (const ground of ["paper", "side", "raised"]) assert.ok(contrast(theme.edge!, theme[ground]!) >= 3, `edge on ${ground}`);
  }
  assert.deepEqual(Object.keys(dark!), Object.keys(light!));
});
