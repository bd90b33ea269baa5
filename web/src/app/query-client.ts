import { QueryClient } from "@tanstack/react-query";
import { isPassing } from "@/lib/http/problem";

/** What is kept of a list or conversation that nobody looks at. */
const CACHE_MS = 15 * 60_000;
const QUERY_TRIES = 3;

export function buildQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: CACHE_MS,
        // The live connection says when something changed; coming back to the window is no reason to ask.
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // "Offline" is what the browser believes; a server on this machine answers all the same.
        networkMode: "always",
        retry: (failures, error) => failures < QUERY_TRIES && isPassing(error),
      },
    },
  });
}
