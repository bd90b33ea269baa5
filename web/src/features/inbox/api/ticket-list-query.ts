import { infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { reconcilePage } from "@/features/inbox/model/ticket-list";
import { knownTickets } from "@/lib/api/known-tickets";
import { fetchTicketPage, keys, type TicketFilter } from "@/lib/api/queries";

/** One list, page by page. Live events keep it true; a search, which only the server can answer, is asked again. */
export function ticketListQuery(cache: QueryClient, filter: TicketFilter, userId: string) {
  return infiniteQueryOptions({
    queryKey: keys.ticketList(filter),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const turn = knownTickets.turn;
      const page = await fetchTicketPage(filter, pageParam, signal);
      cache.setQueryData(keys.counts, page.counts);
      return reconcilePage(page, pageParam === null, filter, userId, knownTickets, turn);
    },
    getNextPageParam: (page) => page.next_cursor,
    staleTime: filter.q === "" ? Infinity : 0,
  });
}
