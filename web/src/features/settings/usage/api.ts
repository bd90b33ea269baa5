import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type { UsageView } from "@/lib/wire/openapi.gen";

/** Figures of a page that may hang on a wall: fresh enough to trust, cheap enough for everybody. */
const LOOK_AGAIN_MS = 30_000;

export const usageQuery = queryOptions({
  queryKey: ["usage"] as const,
  queryFn: ({ signal }) => request<UsageView>("GET", "/account/usage", { signal }),
  refetchInterval: LOOK_AGAIN_MS,
});
