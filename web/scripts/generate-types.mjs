// Writes src/lib/wire/*.gen.ts from the JSON documents that the server exports (generated/*.json), so that no type of
// the wire is written down twice. Run after every change of realtime/protocol.py, of a view or of the REST API:
//   python -m server.export_schemas web/generated && npm run generate
import { readFile, writeFile, access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Generated document → module of types. Later ones may repeat a model of an earlier one: each module is complete. */
const DOCUMENTS = ["protocol", "openapi"];

/** `title` of a property would become a type of its own ("Id", "Name1", …): only models get names. */
function withoutPropertyTitles(node, isModel = false) {
  if (Array.isArray(node)) return node.map((item) => withoutPropertyTitles(item));
  if (node === null || typeof node !== "object") return node;
  const entries = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "title" && typeof value === "string" && !isModel) continue;
    if (key === "properties" || key === "$defs") {
      const inner = Object.entries(value).map(([name, schema]) => [name, withoutPropertyTitles(schema)]);
      entries.push([key, Object.fromEntries(inner)]);
    } else if (["default", "examples", "discriminator"].includes(key)) {
      continue;
    } else {
      // Length limits of lists would become unions of tuples.
      if (key === "maxItems" || key === "minItems") continue;
      entries.push([key, withoutPropertyTitles(value)]);
    }
  }
  return Object.fromEntries(entries);
}

function modelsOf(document) {
  const models = document.$defs ?? document.components?.schemas ?? document.components;
  const text = JSON.stringify(models).replaceAll(
    /"#\/(components\/schemas|components|\$defs)\//g,
    '"#/$defs/',
  );
  return Object.fromEntries(
    Object.entries(JSON.parse(text)).map(([name, schema]) => [name, withoutPropertyTitles(schema)]),
  );
}

for (const name of DOCUMENTS) {
  const source = join(web, "generated", `${name}.json`);
  try {
    await access(source);
  } catch {
    console.error(`${name}.json is missing: run python -m server.export_schemas web/generated first`);
    process.exit(1);
  }
  const models = modelsOf(JSON.parse(await readFile(source, "utf8")));
  const names = Object.keys(models);
  const schema = {
    $defs: models,
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(names.map((model) => [model, { $ref: `#/$defs/${model}` }])),
    required: names,
  };
  const code = await compile(schema, "Models", {
    additionalProperties: false,
    bannerComment: `// Generated from generated/${name}.json by scripts/generate-types.mjs. Do not edit.`,
    format: true,
    style: { printWidth: 110 },
    unreachableDefinitions: false,
  });
  await writeFile(join(web, "src", "lib", "wire", `${name}.gen.ts`), code);
  console.log(`src/lib/wire/${name}.gen.ts: ${names.length} models`);
}
