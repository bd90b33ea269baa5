import type { QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Fetches again whatever is on the screen under this key. Unlike invalidating alone, it does not take a first answer that is
 * already on its way for news: that one may have been read before what made us ask.
 */
export async function askAnew(cache: QueryClient, queryKey: QueryKey): Promise<void> {
  await cache.cancelQueries({ queryKey });
  await cache.invalidateQueries({ queryKey });
}
