// Builds the widget, the demo shop and the service desk's page into dist/:
//   dist/widget.js          the launcher that shops embed            → /widget.js
//   dist/frame.html         the chat page inside the launcher's frame → /chat/
//   dist/assets/*           scripts and styles of all pages           → /chat/assets/*
//   dist/pages/*.html       the demo shop                             → /, /shop/ID, /shop/checkout
//   dist/desk/index.html    the service desk                         → /desk/
//   dist/desk/assets/*      its script and style                      → /desk/assets/*
// `--tests` bundles tests/*.test.ts into dist/tests/ for `node --test`; `--watch` rebuilds on change.
import { build, context } from "esbuild";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts) => path.join(here, ...parts);
const common = {
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  // The element's own types say `dist/deepChat.js`; the bundle has its two dependencies inside already.
  alias: { "deep-chat": at("node_modules/deep-chat/dist/deepChat.bundle.js") },
  loader: { ".css": "css", ".svg": "text" },
};
// Styles that go into a shadow root are imported as text: `import css from "./launcher.inline.css"`.
const inlineStyles = {
  name: "inline-styles",
  setup(builder) {
    builder.onLoad({ filter: /\.inline\.css$/ }, async ({ path: file }) => {
      const { outputFiles } = await build({ entryPoints: [file], minify: true, write: false, charset: "utf8" });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

async function tests() {
  await rm(at("dist/tests"), { recursive: true, force: true });
  const files = (await readdir(at("tests"))).filter((name) => name.endsWith(".test.ts"));
  await build({
    ...common,
    plugins: [inlineStyles],
    minify: false,
    entryPoints: files.map((name) => at("tests", name)),
    outdir: at("dist/tests"),
    outExtension: { ".js": ".mjs" },
    platform: "node",
    format: "esm",
  });
}

const targets = [
  { entryPoints: { widget: at("widget/launcher.ts") }, outdir: at("dist"), format: "iife", target: "es2020" },
  {
    entryPoints: { chat: at("widget/frame.ts"), shop: at("shop/shop.ts"), "chat-page": at("widget/frame.css"), "shop-page": at("shop/shop.css") },
    outdir: at("dist/assets"),
    format: "esm",
    target: "es2022",
  },
  {
    entryPoints: { desk: at("desk/main.ts"), "desk-page": at("desk/desk.css") },
    outdir: at("dist/desk/assets"),
    format: "esm",
    target: "es2022",
  },
];

async function copyPages() {
  await mkdir(at("dist/pages"), { recursive: true });
  await cp(at("widget/frame.html"), at("dist/frame.html"));
  for (const name of await readdir(at("shop"))) if (name.endsWith(".html")) await cp(at("shop", name), at("dist/pages", name));
  await cp(at("desk/index.html"), at("dist/desk/index.html"));
  for (const folder of ["dist/assets", "dist/desk/assets"]) await cp(at("shared/favicon.svg"), at(folder, "favicon.svg"));
}

if (process.argv.includes("--tests")) {
  await tests();
} else if (process.argv.includes("--watch")) {
  for (const target of targets) await (await context({ ...common, ...target, plugins: [inlineStyles] })).watch();
  await copyPages();
  console.log("watching");
} else {
  // Stale files must not survive, but the tests' bundles and make's stamp may stay.
  for (const name of ["widget.js", "frame.html", "assets", "pages", "desk"]) await rm(at("dist", name), { recursive: true, force: true });
  for (const target of targets) await build({ ...common, ...target, plugins: [inlineStyles] });
  await copyPages();
  for (const name of ["widget.js", "assets/chat.js", "assets/shop.js", "desk/assets/desk.js"]) {
    const bytes = readFileSync(at("dist", name));
    console.log(`  dist/${name.padEnd(16)} ${(bytes.length / 1024).toFixed(1).padStart(7)} KB  ${(gzipSync(bytes).length / 1024).toFixed(1).padStart(6)} KB gzip`);
  }
}
