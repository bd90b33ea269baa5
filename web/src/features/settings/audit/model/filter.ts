import type { AuditFilters } from "@/lib/wire/openapi.gen";

/** What the address of the page says: texts, empty ones mean all. */
export interface AuditFilter {
  q: string;
  actor: string;
  /** A noun of actions: "member". */
  kind: string;
  targetKind: string;
  targetId: string;
  /** Days: "2026-11-23", both included. */
  since: string;
  until: string;
}

const PARAMETERS = ["q", "actor", "kind", "targetKind", "targetId", "since", "until"] as const;
/** As the server allows. */
export const SEARCH_MAX_LENGTH = 100;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const NO_FILTER = Object.fromEntries(PARAMETERS.map((name) => [name, ""])) as Record<
  keyof AuditFilter,
  ""
>;

/** Total: an address that was typed by hand filters by what can be read of it. */
export function parseFilter(search: Record<string, string | undefined>): AuditFilter {
  const filter: AuditFilter = { ...NO_FILTER };
  for (const name of PARAMETERS) filter[name] = search[name] ?? "";
  filter.q = filter.q.slice(0, SEARCH_MAX_LENGTH);
  if (!UUID.test(filter.actor)) filter.actor = "";
  if (!DAY.test(filter.since) || dayStart(filter.since, 0) === null) filter.since = "";
  if (!DAY.test(filter.until) || dayStart(filter.until, 0) === null) filter.until = "";
  return filter;
}

export function isFiltered(filter: AuditFilter): boolean {
  return PARAMETERS.some((name) => filter[name] !== "");
}

/** As the server takes them; the empty ones are left out. */
export function wireFilters(filter: AuditFilter): Partial<Record<keyof AuditFilters, string>> {
  const wire = {
    q: filter.q.trim(),
    actor_id: filter.actor,
    action: filter.kind === "" ? "" : `${filter.kind}.`,
    target_kind: filter.targetKind,
    target_id: filter.targetId,
    since: dayStart(filter.since, 0) ?? "",
    until: dayStart(filter.until, 1) ?? "",
  };
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== ""));
}

/** Local midnight of a day, or of one so many days later. */
function dayStart(day: string, later: number): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
