// The JavaScript that the chat route needs before it can be used, gzip, from the build's manifest. Prints a table and,
// with --json, one JSON line for the benchmark. Run after `npm run build`.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite", "manifest.json"), "utf8"));

/** What a visit to a conversation loads: the entry, the shell, the inbox and one language. */
const CHAT = ["index.html", "src/app/shell.tsx", "src/app/inbox-route.tsx", "src/app/languages/pt-BR.ts"];

function collect(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const next of manifest[name]?.imports ?? []) collect(next, found);
  return found;
}

const files = new Set(CHAT.flatMap((name) => [...collect(name)]).map((name) => manifest[name]?.file));
files.delete(undefined);
const sizes = [...files].map((file) => ({
  file,
  kb: gzipSync(readFileSync(join(dist, file))).length / 1000,
}));
const total = sizes.reduce((sum, { kb }) => sum + kb, 0);

if (process.argv.includes("--json")) {
  const detail = { files: Object.fromEntries(sizes.map(({ file, kb }) => [file, Number(kb.toFixed(1))])) };
  console.log(
    JSON.stringify({ row: "chat_js_kb", value: Number(total.toFixed(1)), unit: "kB gzip", detail }),
  );
} else {
  for (const { file, kb } of sizes.sort((a, b) => b.kb - a.kb))
    console.log(`${kb.toFixed(1).padStart(8)}  ${file}`);
  console.log(`${total.toFixed(1).padStart(8)}  chat route, gzip`);
}
