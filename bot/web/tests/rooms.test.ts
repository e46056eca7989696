import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

/** Each room and what it may import from. The bundles run in this package's folder. */
const ROOMS: Record<string, string[]> = { widget: ["widget", "shared"], desk: ["desk", "shared"], shop: ["shop", "shared"], shared: ["shared"] };

test("rooms: widget, desk and shop know shared and not each other; shared knows none of them", () => {
  let seen = 0;
  for (const [room, allowed] of Object.entries(ROOMS)) {
    for (const name of readdirSync(room).filter((each) => /\.(ts|css)$/.test(each))) {
      const source = readFileSync(path.join(room, name), "utf8");
      for (const [, address] of source.matchAll(/^(?:(?:import|export)\b.*?|@import )"(\.[^"]+)";/gm)) {
        const [target] = path.join(room, address!).split(path.sep);
        assert.ok(allowed.includes(target!), `${room}/${name} imports ${address}`);
        seen += 1;
      }
    }
  }
  assert.ok(seen > 200, "the imports were found");
});
