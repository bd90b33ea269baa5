import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type {
  ConversationView,
  DepartmentView,
  MemberView,
  ProductView,
  SessionView,
  TicketCounts,
  TicketListView,
} from "@/lib/wire/openapi.gen";

export type TicketListName = "mine" | "queue" | "bot" | "closed" | "all";
export const TICKET_LISTS: readonly TicketListName[] = ["mine", "queue", "bot", "closed", "all"];

/** What one list shows; part of its cache key. */
export interface TicketFilter {
  view: TicketListName;
  departmentId: string | null;
  unread: boolean;
  q: string;
}

export const keys = {
  session: ["session"] as const,
  account: ["account"] as const,
  members: ["members"] as const,
  departments: ["departments"] as const,
  counts: ["ticket-counts"] as const,
  tickets: ["tickets"] as const,
  ticketList: (filter: TicketFilter) => ["tickets", filter] as const,
  conversations: ["conversation"] as const,
  conversation: (id: string) => ["conversation", id] as const,
  histories: ["history"] as const,
  history: (conversationId: string) => ["history", conversationId] as const,
};

/** Live events keep these true; they are fetched again only after a gap (resync). */
const LIVE = { staleTime: Infinity } as const;

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: ({ signal }) => request<SessionView>("GET", "/me", { signal }),
  ...LIVE,
});

/** What whoever runs the installation tells everybody. Asked again now and then: no event tells of it. */
export const productQuery = queryOptions({
  queryKey: ["product"] as const,
  queryFn: ({ signal }) => request<ProductView>("GET", "/product", { signal, anonymous: true }),
  staleTime: 5 * 60_000,
  refetchInterval: 10 * 60_000,
});

export const membersQuery = queryOptions({
  queryKey: keys.members,
  queryFn: ({ signal }) => request<MemberView[]>("GET", "/members", { signal }),
  ...LIVE,
});

export const departmentsQuery = queryOptions({
  queryKey: keys.departments,
  queryFn: ({ signal }) => request<DepartmentView[]>("GET", "/departments", { signal }),
  ...LIVE,
});

export const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => request<TicketCounts>("GET", "/tickets/counts", { signal }),
  ...LIVE,
});

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => request<ConversationView>("GET", `/conversations/${id}`, { signal }),
  });
}

export const TICKETS_PER_PAGE = 50;

export function fetchTicketPage(
  filter: TicketFilter,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<TicketListView> {
  return request<TicketListView>("GET", "/tickets", {
    signal,
    query: {
      view: filter.view,
      department_id: filter.departmentId,
      unread: filter.unread ? true : null,
      q: filter.q,
      cursor,
      limit: TICKETS_PER_PAGE,
    },
  });
}
