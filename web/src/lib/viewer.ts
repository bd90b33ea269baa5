import type { SessionView } from "@/lib/wire/openapi.gen";

/** Whose screen it is, as far as it decides which tickets the server lists for them. */
export interface Viewer {
  userId: string;
  departmentIds: readonly string[];
  seesAllDepartments: boolean;
}

export function viewerOf(session: SessionView): Viewer {
  return {
    userId: session.user.id,
    departmentIds: session.department_ids,
    seesAllDepartments: session.permissions.includes("departments.all"),
  };
}

export function seesDepartment(viewer: Viewer, departmentId: string): boolean {
  return viewer.seesAllDepartments || viewer.departmentIds.includes(departmentId);
}

/** Whether both may see the same departments. */
export function isSameSight(a: Viewer, b: Viewer): boolean {
  return a.seesAllDepartments === b.seesAllDepartments && isSameSet(a.departmentIds, b.departmentIds);
}

export function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}
