/** Departments are live everywhere (`departmentsQuery`); here they are changed: /v1/departments. */
import { useQueryClient } from "@tanstack/react-query";
import { keys } from "@/lib/api/queries";
import { request } from "@/lib/http/client";
import type { ChangeDepartmentBody, CreateDepartmentBody, DepartmentView } from "@/lib/wire/openapi.gen";

export function createDepartment(department: CreateDepartmentBody): Promise<DepartmentView> {
  return request<DepartmentView>("POST", "/departments", { body: department });
}

export function changeDepartment(id: string, change: ChangeDepartmentBody): Promise<DepartmentView> {
  return request<DepartmentView>("PATCH", `/departments/${id}`, { body: change });
}

/** All that are not archived, once each. */
export function orderDepartments(ids: string[]): Promise<DepartmentView[]> {
  return request<DepartmentView[]>("PUT", "/departments/order", { body: { department_ids: ids } });
}

export function archiveDepartment(id: string): Promise<null> {
  return request<null>("DELETE", `/departments/${id}`);
}

export function useRefreshDepartments(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: keys.departments });
}
