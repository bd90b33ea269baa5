"use strict";
// Draws openapi.json as a readable page. No library: the document is ours and its shape is known.
(async () => {
  const main = document.getElementById("main");
  const find = document.getElementById("find");
  const answer = await fetch("openapi.json").catch(() => null);
  if (!answer || !answer.ok) {
    main.textContent = "openapi.json cannot be fetched.";
    return;
  }
  const doc = await answer.json();
  document.getElementById("version").textContent = "REST v" + doc.info.version;

  const el = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    Object.assign(node, attributes);
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const resolve = (schema) => (schema && schema.$ref ? doc.components.schemas[schema.$ref.split("/").pop()] : schema);
  const nameOf = (schema) => {
    if (!schema) return "any";
    if (schema.$ref) return schema.$ref.split("/").pop();
    if (schema.anyOf || schema.oneOf) return (schema.anyOf || schema.oneOf).map(nameOf).join(" | ");
    if (schema.type === "array") return nameOf(schema.items) + "[]";
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    return schema.format ? schema.type + " (" + schema.format + ")" : schema.type || "object";
  };
  // The schemas that a schema needs, itself first, each once.
  const needed = (schema, found = new Map()) => {
    if (!schema || typeof schema !== "object") return found;
    if (schema.$ref) {
      const name = nameOf(schema);
      if (!found.has(name)) {
        found.set(name, resolve(schema));
        needed(resolve(schema), found);
      }
      return found;
    }
    for (const part of Object.values(schema)) {
      if (Array.isArray(part)) part.forEach((item) => needed(item, found));
      else if (typeof part === "object") needed(part, found);
    }
    return found;
  };
  const fields = (schema) => {
    const required = new Set(schema.required || []);
    const rows = Object.entries(schema.properties || {}).map(([name, field]) =>
      el("tr", {},
        el("td", {}, el("code", { textContent: name + (required.has(name) ? "" : "?") })),
        el("td", {}, el("code", { className: "quiet", textContent: nameOf(field) })),
        el("td", { className: "quiet", textContent: field.description || "" })));
    return el("table", {}, el("tbody", {}, ...rows));
  };
  const shape = (title, schema) => {
    if (!schema) return null;
    const parts = [el("h3", { textContent: title + ": " + nameOf(schema) })];
    for (const [name, found] of needed(schema)) {
      parts.push(el("details", {}, el("summary", { textContent: name }),
        el("p", { className: "quiet", textContent: found.description || "" }),
        found.properties ? fields(found) : el("code", { textContent: nameOf(found) })));
    }
    return el("div", {}, ...parts);
  };
  const operation = (path, method, op) => {
    const success = Object.entries(op.responses).find(([status]) => status.startsWith("2"));
    const body = op.requestBody && Object.values(op.requestBody.content)[0].schema;
    const result = success && success[1].content && Object.values(success[1].content)[0].schema;
    const parameters = (op.parameters || []).map((p) =>
      el("tr", {},
        el("td", {}, el("code", { textContent: p.name + (p.required ? "" : "?") })),
        el("td", { className: "quiet", textContent: p.in }),
        el("td", {}, el("code", { className: "quiet", textContent: nameOf(p.schema) }))));
    return el("details", { className: "operation", id: op.operationId },
      el("summary", {}, el("span", { className: "method", textContent: method.toUpperCase() }),
        el("code", { textContent: path }), el("span", { className: "quiet", textContent: "  " + op.operationId })),
      el("div", {},
        el("p", { textContent: op.description || op.summary || "" }),
        parameters.length ? el("h3", { textContent: "Parameters" }) : null,
        parameters.length ? el("table", {}, el("tbody", {}, ...parameters)) : null,
        shape("Body", body),
        success ? shape("Answer " + success[0], result) : null));
  };

  const groups = new Map();
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      const tag = (op.tags || ["other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push([path + " " + method + " " + op.operationId, operation(path, method, op)]);
    }
  }
  const draw = () => {
    const wanted = find.value.trim().toLowerCase();
    const parts = [el("p", { className: "intro", textContent: doc.info.description.trim() })];
    for (const [tag, operations] of groups) {
      const shown = operations.filter(([text]) => text.toLowerCase().includes(wanted)).map(([, node]) => node);
      if (shown.length) parts.push(el("section", {}, el("h2", { textContent: tag }), ...shown));
    }
    main.replaceChildren(...parts);
  };
  find.addEventListener("input", draw);
  draw();
  const linked = document.getElementById(location.hash.slice(1));
  if (linked && "open" in linked) linked.open = true;
})();
