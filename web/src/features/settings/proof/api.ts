import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type { ProofView } from "@/lib/wire/openapi.gen";

/** Processes report every two seconds; a page that is looked at follows closely. */
const LOOK_AGAIN_MS = 3_000;

export const proofQuery = queryOptions({
  queryKey: ["proof"] as const,
  queryFn: ({ signal }) => request<ProofView>("GET", "/proof", { signal }),
  refetchInterval: LOOK_AGAIN_MS,
});
