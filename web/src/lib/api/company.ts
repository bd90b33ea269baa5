/** What roles are made of: asked by every page that gives one, and by the one that makes keys. */
import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type { PermissionView, RoleView } from "@/lib/wire/openapi.gen";

export const companyKeys = {
  roles: ["roles"] as const,
  permissions: ["permissions"] as const,
};

export const rolesQuery = queryOptions({
  queryKey: companyKeys.roles,
  queryFn: ({ signal }) => request<RoleView[]>("GET", "/roles", { signal }),
});

/** A list of this version of the server: it stays as it is. */
export const permissionsQuery = queryOptions({
  queryKey: companyKeys.permissions,
  queryFn: ({ signal }) => request<PermissionView[]>("GET", "/permissions", { signal }),
  staleTime: Infinity,
});
