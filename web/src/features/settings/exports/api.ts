import { request } from "@/lib/http/client";
import type { ExportView } from "@/lib/wire/openapi.gen";

/** Everything of the account in one file, made by the worker. */
export function requestAccountExport(): Promise<ExportView> {
  return request<ExportView>("POST", "/account/export");
}
