// Makes the page's parts out of src/: one script, one style sheet, the worker, and oxigraph's WebAssembly beside them.
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
await build({
  ...usual,
  entryPoints: [source("src/main.tsx")],
  outfile: file("app.js"),
  jsx: "automatic",
  jsxImportSource: "preact",
});
await build({ ...usual, entryPoints: [source("src/style/page.css")], outfile: file("app.css") });
await build({ ...usual, entryPoints: [source("src/sparql/worker.ts")], outfile: file("worker.js") });
await copyFile(source("node_modules/oxigraph/web_bg.wasm"), file("oxigraph.wasm"));
