/** Files made on request: asked for, made by the worker, downloaded, gone after a week. */
import { queryOptions } from "@tanstack/react-query";
import { fetchFile, request } from "@/lib/http/client";
import { saveFile } from "@/lib/save-file";
import type { ExportKind, ExportView } from "@/lib/wire/openapi.gen";

export const exportsKey = ["exports"] as const;

/** The worker needs seconds for most; whoever waits looks at the list. */
const LOOK_AGAIN_MS = 1500;

export const exportsQuery = queryOptions({
  queryKey: exportsKey,
  queryFn: ({ signal }) => request<ExportView[]>("GET", "/exports", { signal }),
  refetchInterval: ({ state }) =>
    state.data?.some((item) => item.state === "pending") === true ? LOOK_AGAIN_MS : false,
});

/** Those of one kind, newest first. Expired ones are history: the audit log has them. */
export function exportsOf(all: readonly ExportView[], kind: ExportKind): ExportView[] {
  return all.filter((item) => item.kind === kind && item.state !== "expired");
}

export async function downloadExport(item: ExportView): Promise<void> {
  saveFile(await fetchFile(`/exports/${item.id}/file`), item.file_name);
}
