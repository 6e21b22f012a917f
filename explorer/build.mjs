// Makes out of src/ the parts of the explorer (script, style sheet, worker, oxigraph's WebAssembly) and those of the site.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const out = new URL("../kg/assets/", import.meta.url);
const file = (name) => fileURLToPath(new URL(name, out));
const source = (name) => fileURLToPath(new URL(name, import.meta.url));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const usual = {
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome111", "firefox115", "safari16.4"],
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
};
const preact = { jsx: "automatic", jsxImportSource: "preact" };
await build({ ...usual, ...preact, entryPoints: [source("src/main.tsx")], outfile: file("app.js") });
await build({ ...usual, entryPoints: [source("src/style/page.css")], outfile: file("app.css") });
await build({ ...usual, ...preact, entryPoints: [source("src/site/main.ts")], outfile: file("site.js") });
await build({ ...usual, entryPoints: [source("src/site/query-main.ts")], outfile: file("query.js") });
await build({ ...usual, entryPoints: [source("src/site/widgets.css")], outfile: file("site.css") });
await build({ ...usual, entryPoints: [source("src/sparql/worker.ts")], outfile: file("worker.js") });
await copyFile(source("node_modules/oxigraph/web_bg.wasm"), file("oxigraph.wasm"));
