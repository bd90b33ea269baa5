import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type { SecurityPolicy, SecurityPolicyChange, SecurityPolicyView } from "@/lib/wire/openapi.gen";

export const securityPolicyQuery = queryOptions({
  queryKey: ["security-policy"] as const,
  queryFn: ({ signal }) => request<SecurityPolicyView>("GET", "/account/security-policy", { signal }),
});

export function changeSecurityPolicy(
  policy: Required<SecurityPolicy>,
  version: number,
): Promise<SecurityPolicyView> {
  const body: SecurityPolicyChange = { policy, version };
  return request<SecurityPolicyView>("PUT", "/account/security-policy", { body });
}
