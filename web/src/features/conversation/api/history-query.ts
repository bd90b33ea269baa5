import { queryOptions, type QueryClient } from "@tanstack/react-query";
import {
  awaitPage,
  compareMessages,
  mergeNewest,
  mergeOlder,
  type History,
} from "@/features/conversation/model/history";
import { keys } from "@/lib/api/queries";
import { request } from "@/lib/http/client";
import type { MessageListView, MessageView } from "@/lib/wire/openapi.gen";

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

/** Beyond this, whoever scrolled back scrolls again: pages are fetched one after the other. */
const PAGES_RENEWED = 10;

/** The newest messages, as far back as `oldest` when that is not too far. */
async function fetchNewest(
  conversationId: string,
  oldest: MessageView | undefined,
  signal: AbortSignal,
): Promise<MessageListView> {
  let newest = await fetchPage(conversationId, null, signal);
  for (let pages = 1; pages < PAGES_RENEWED; pages += 1) {
    const [first] = newest.items;
    if (!oldest || !first || newest.next_before === null || compareMessages(first, oldest) <= 0) break;
    const older = await fetchPage(conversationId, newest.next_before, signal);
    newest = { ...older, items: [...older.items, ...newest.items], seq: newest.seq };
  }
  return newest;
}

/**
 * What is loaded of the conversation. Fetched whenever it is opened or events may be missing: of every page that is on the
 * screen, for changes to old messages go unheard as well.
 */
export function historyQuery(cache: QueryClient, conversationId: string) {
  const queryKey = keys.history(conversationId);
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      const before = cache.getQueryData<History>(queryKey);
      const oldest = before?.phase === "left" ? undefined : before?.items[0];
      cache.setQueryData<History>(queryKey, awaitPage);
      const page = await fetchNewest(conversationId, oldest, signal);
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
    history?.phase === "live" && history.nextBefore === before ? mergeOlder(history, page) : history,
  );
}
