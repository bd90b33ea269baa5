import { infiniteQueryOptions } from "@tanstack/react-query";
import type { AuditFilter } from "@/features/settings/audit/model/filter";
import { wireFilters } from "@/features/settings/audit/model/filter";
import { request } from "@/lib/http/client";
import type { AuditExportBody, AuditPageView, ExportView, Verification } from "@/lib/wire/openapi.gen";

export const auditKey = ["audit"] as const;

const PER_PAGE = 50;

export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: [...auditKey, filter],
    queryFn: ({ pageParam, signal }) =>
      request<AuditPageView>("GET", "/audit", {
        signal,
        query: { ...wireFilters(filter), cursor: pageParam, limit: PER_PAGE },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function verifyChain(): Promise<Verification> {
  return request<Verification>("POST", "/audit/verify");
}

export function exportAudit(format: AuditExportBody["format"], filter: AuditFilter): Promise<ExportView> {
  const body: AuditExportBody = { format, filters: wireFilters(filter) };
  return request<ExportView>("POST", "/audit/export", { body });
}
