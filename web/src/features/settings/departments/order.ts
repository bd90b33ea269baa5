/** The order of departments: places are numbers that need not be dense, and two may share one. */
import type { DepartmentView } from "@/lib/wire/openapi.gen";

export function inOrder(departments: readonly DepartmentView[]): DepartmentView[] {
  return departments
    .filter((department) => department.archived_at === null)
    .sort((a, b) => a.position - b.position || a.name.localeCompare(b.name));
}

/** The list with one of them `by` places further down (or up). */
export function moved(ordered: readonly DepartmentView[], id: string, by: -1 | 1): DepartmentView[] {
  const from = ordered.findIndex((department) => department.id === id);
  const to = from + by;
  const department = ordered[from];
  if (department === undefined || to < 0 || to >= ordered.length) return [...ordered];
  const rest = ordered.filter((one) => one.id !== id);
  return [...rest.slice(0, to), department, ...rest.slice(to)];
}

/** Those that need another position for this to be their order; most moves change two. */
export function placesToSet(
  ordered: readonly DepartmentView[],
): { id: string; position: number; version: number }[] {
  const held = ordered.map((department) => department.position).sort((a, b) => a - b);
  // Where positions are distinct the same ones are dealt out anew; else they are numbered afresh.
  const places = new Set(held).size === held.length ? held : held.map((_, index) => index);
  return ordered.flatMap(({ id, version, position: old }, index) => {
    const position = places[index] ?? index;
    return position === old ? [] : [{ id, version, position }];
  });
}
