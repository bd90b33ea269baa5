import { notifyManager, type QueryClient } from "@tanstack/react-query";
import { advanceStatus, upsertMessage, type History } from "@/features/conversation/model/history";
import { withTicket, withoutTicket } from "@/features/conversation/model/conversation-tickets";
import {
  dropTicket,
  movesCounts,
  placeTicket,
  type TicketListData,
} from "@/features/inbox/model/ticket-list";
import type { KnownTickets } from "@/lib/api/known-tickets";
import { keys, type TicketFilter } from "@/lib/api/queries";
import type { ConversationView, MemberView } from "@/lib/wire/openapi.gen";
import type { EventMap, LogItem } from "@/lib/wire/protocol.gen";

export interface EventContext {
  cache: QueryClient;
  known: KnownTickets;
  userId: string;
  /** A counter of the views may have moved. */
  recount: () => void;
}

type Reducers = { [K in keyof EventMap]: (context: EventContext, data: EventMap[K]) => void };

function changeHistory(
  context: EventContext,
  conversationId: string,
  change: (history: History) => History,
): void {
  context.cache.setQueryData<History>(keys.history(conversationId), (history) => history && change(history));
}

function changeLists(
  { cache }: EventContext,
  change: (data: TicketListData, filter: TicketFilter) => TicketListData,
): void {
  for (const [key, data] of cache.getQueriesData<TicketListData>({ queryKey: keys.tickets })) {
    const filter = key[1] as TicketFilter;
    if (data) cache.setQueryData<TicketListData>(key, change(data, filter));
  }
}

/** Every numbered event → what it changes in the cache. Each is built on a pure function that ignores old versions. */
const REDUCERS: Reducers = {
  message_created: (context, { message }) =>
    changeHistory(context, message.conversation_id, (history) => upsertMessage(history, message)),
  message_updated: (context, { message }) =>
    changeHistory(context, message.conversation_id, (history) => upsertMessage(history, message)),
  message_status_changed: (context, change) =>
    changeHistory(context, change.conversation_id, (history) => advanceStatus(history, change)),
  ticket_updated: (context, { ticket }) => {
    const before = context.known.get(ticket.id);
    if (!context.known.take(ticket)) return;
    changeLists(context, (data, filter) => placeTicket(data, filter, context.userId, ticket));
    context.cache.setQueryData<ConversationView>(
      keys.conversation(ticket.conversation_id),
      (view) => view && withTicket(view, ticket),
    );
    if (movesCounts(before, ticket)) context.recount();
  },
  ticket_removed: (context, { ticket_id, conversation_id, version }) => {
    context.known.forget(ticket_id, version);
    changeLists(context, (data) => dropTicket(data, ticket_id, version));
    context.cache.setQueryData<ConversationView>(
      keys.conversation(conversation_id),
      (view) => view && withoutTicket(view, ticket_id, version),
    );
    context.recount();
  },
  member_updated: ({ cache }, { member }) => {
    cache.setQueryData<MemberView[]>(keys.members, (members) => {
      const current = members?.find((item) => item.id === member.id);
      if (!members || (current && current.version >= member.version)) return members;
      return current ? members.map((item) => (item === current ? member : item)) : [...members, member];
    });
  },
};

function isKnownType(type: string): type is keyof EventMap {
  return type in REDUCERS;
}

/** The payloads are trusted: the server validates them by the models that the types come from. */
function applyOne(context: EventContext, type: keyof EventMap, data: LogItem["data"]): void {
  const reduce = REDUCERS[type] as (context: EventContext, data: unknown) => void;
  reduce(context, data);
}

/** An unknown type comes from a newer server: nothing here shows it. */
export function applyEvents(context: EventContext, items: readonly LogItem[]): void {
  notifyManager.batch(() => {
    for (const { type, data } of items) if (isKnownType(type)) applyOne(context, type, data);
  });
}
