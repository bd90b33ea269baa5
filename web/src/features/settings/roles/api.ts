/** The account's own roles: /v1/roles. What there is, is `rolesQuery` of lib/api/company. */
import { useQueryClient } from "@tanstack/react-query";
import { companyKeys } from "@/lib/api/company";
import { request } from "@/lib/http/client";
import type { ChangeRoleBody, CreateRoleBody, RoleView } from "@/lib/wire/openapi.gen";

export function createRole(role: CreateRoleBody): Promise<RoleView> {
  return request<RoleView>("POST", "/roles", { body: role });
}

export function changeRole(id: string, change: ChangeRoleBody): Promise<RoleView> {
  return request<RoleView>("PATCH", `/roles/${id}`, { body: change });
}

export function deleteRole(id: string): Promise<null> {
  return request<null>("DELETE", `/roles/${id}`);
}

export function useRefreshRoles(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: companyKeys.roles });
}
