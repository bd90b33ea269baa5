import { infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { buildListPage } from "@/features/inbox/model/ticket-list";
import { knownTickets } from "@/lib/api/known-tickets";
import { fetchTicketPage, keys, type TicketFilter } from "@/lib/api/queries";

/** One list, page by page. Live events keep it true; a search, which only the server can answer, is asked again. */
export function ticketListQuery(cache: QueryClient, filter: TicketFilter) {
  const countings = () => cache.getQueryState(keys.counts)?.dataUpdateCount;
  return infiniteQueryOptions({
    queryKey: keys.ticketList(filter),
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const countedBefore = countings();
      const page = await fetchTicketPage(filter, pageParam, signal);
      // What was counted while the page was on its way may be newer than what the page brings.
      if (countings() === countedBefore) cache.setQueryData(keys.counts, page.counts);
      for (const ticket of page.items) knownTickets.take(ticket);
      return buildListPage(page, filter.view);
    },
    getNextPageParam: (page) => page.next_cursor,
    staleTime: filter.q === "" ? Infinity : 0,
  });
}
