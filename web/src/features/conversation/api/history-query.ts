import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { awaitPage, mergeNewest, mergeOlder, type History } from "@/features/conversation/model/history";
import { keys } from "@/lib/api/queries";
import { request } from "@/lib/http/client";
import type { MessageListView } from "@/lib/wire/openapi.gen";

const MESSAGES_PER_PAGE = 50;

function fetchPage(
  conversationId: string,
  before: string | null,
  signal?: AbortSignal,
): Promise<MessageListView> {
  return request<MessageListView>("GET", `/conversations/${conversationId}/messages`, {
    signal,
    query: { before, limit: MESSAGES_PER_PAGE },
  });
}

/** The newest page, joined to what is there. Fetched whenever the conversation is opened: events may be missing. */
export function historyQuery(cache: QueryClient, conversationId: string) {
  const queryKey = keys.history(conversationId);
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      cache.setQueryData<History>(queryKey, awaitPage);
      const page = await fetchPage(conversationId, null, signal);
      return mergeNewest(cache.getQueryData<History>(queryKey), page);
    },
    staleTime: 0,
    refetchOnMount: "always",
    structuralSharing: false,
  });
}

export async function loadOlder(cache: QueryClient, conversationId: string): Promise<void> {
  const queryKey = keys.history(conversationId);
  const before = cache.getQueryData<History>(queryKey)?.nextBefore;
  if (before === undefined || before === null) return;
  const page = await fetchPage(conversationId, before);
  cache.setQueryData<History>(queryKey, (history) =>
    // A refetch may have replaced what this page was asked for.
    history?.nextBefore === before ? mergeOlder(history, page) : history,
  );
}
