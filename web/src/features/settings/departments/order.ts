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

/** All departments with those of `ordered` in that order; the others keep their places. */
export function placed(all: readonly DepartmentView[], ordered: readonly DepartmentView[]): DepartmentView[] {
  const places = new Map(ordered.map(({ id }, position) => [id, position]));
  return all.map((one) => ({ ...one, position: places.get(one.id) ?? one.position }));
}
