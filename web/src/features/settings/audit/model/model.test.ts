import { describe, expect, it } from "vitest";
import { listChanges } from "@/features/settings/audit/model/changes";
import { isFiltered, parseFilter, wireFilters } from "@/features/settings/audit/model/filter";
import { auditEn } from "@/features/settings/audit/locale/en";
import { auditPtBr } from "@/features/settings/audit/locale/pt-BR";

describe("changes", () => {
  it("leave out what is empty on both sides and what is the same", () => {
    const changes = listChanges({ role: "a", role_id: null, kept: 1 }, { role: "b", role_id: null, kept: 1 });
    expect(changes.map(({ path }) => path)).toEqual([["role"]]);
  });

  it("go into fields of fields", () => {
    const changes = listChanges({ retention: { media_days: null } }, { retention: { media_days: 30 } });
    expect(changes).toEqual([{ path: ["retention", "media_days"], before: null, after: 30 }]);
  });

  it("list what is there when there was nothing before", () => {
    expect(listChanges(null, { name: "x", scopes: [] })).toEqual([
      { path: ["name"], before: undefined, after: "x" },
    ]);
  });
});

describe("filters", () => {
  it("drop what cannot be read", () => {
    const filter = parseFilter({ actor: "nobody", since: "2026-99-99x", q: "a".repeat(300) });
    expect(filter.actor).toBe("");
    expect(filter.since).toBe("");
    expect(filter.q).toHaveLength(100);
    expect(isFiltered(parseFilter({}))).toBe(false);
  });

  it("include the last day whole", () => {
    expect(wireFilters(parseFilter({ until: "2026-11-30" })).until).toBe(new Date(2026, 11, 1).toISOString());
  });
});

it("speaks of the same targets in both languages", () => {
  const targets = (words: object) =>
    JSON.stringify(words, (_, value: unknown) =>
      typeof value === "string" ? value.includes("{{target}}") : value,
    );
  expect(targets(auditEn.actions)).toBe(targets(auditPtBr.actions));
});
