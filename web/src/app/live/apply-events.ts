import { notifyManager, type QueryClient } from "@tanstack/react-query";
import { advanceStatus, upsertMessage, type History } from "@/features/conversation/model/history";
import { withContact, withTicket, withoutTicket } from "@/features/conversation/model/conversation-tickets";
import {
  dropTicket,
  movesCounts,
  nameContact,
  placeTicket,
  type TicketListData,
} from "@/features/inbox/model/ticket-list";
import type { KnownTickets } from "@/lib/api/known-tickets";
import { keys, type TicketFilter } from "@/lib/api/queries";
import { updateSession } from "@/lib/session";
import type { ConversationView, DepartmentView, MemberView } from "@/lib/wire/openapi.gen";
import type { EventMap, LogItem } from "@/lib/wire/protocol.gen";

export interface EventContext {
  cache: QueryClient;
  known: KnownTickets;
  userId: string;
  /** A counter of the views may have moved. */
  recount: () => void;
  /** Whether the exact events of this conversation still come must be asked. */
  doubt: (conversationId: string) => void;
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
    const conversation = keys.conversation(ticket.conversation_id);
    const shown = context.cache.getQueryData<ConversationView>(conversation);
    // It came, or came back, into sight: the server may have closed the conversation to this socket when it left.
    if (!shown?.tickets.some((item) => item.id === ticket.id)) context.doubt(ticket.conversation_id);
    context.cache.setQueryData<ConversationView>(conversation, (view) => view && withTicket(view, ticket));
    if (movesCounts(before, ticket)) context.recount();
  },
  ticket_removed: (context, { ticket_id, conversation_id, version }) => {
    context.known.forget(ticket_id, version);
    changeLists(context, (data) => dropTicket(data, ticket_id, version));
    context.cache.setQueryData<ConversationView>(
      keys.conversation(conversation_id),
      (view) => view && withoutTicket(view, ticket_id, version),
    );
    context.doubt(conversation_id);
    context.recount();
  },
  conversation_updated: ({ cache }, { conversation_id, last_inbound_at, window_expires_at }) => {
    cache.setQueryData<ConversationView>(
      keys.conversation(conversation_id),
      (view) => view && { ...view, last_inbound_at, window_expires_at },
    );
  },
  contact_updated: (context, { contact }) => {
    changeLists(context, (data) => nameContact(data, contact));
    for (const [key] of context.cache.getQueriesData({ queryKey: keys.conversations })) {
      context.cache.setQueryData<ConversationView>(key, (view) => view && withContact(view, contact));
    }
  },
  contact_erased: ({ cache }, { conversation_ids }) => {
    for (const id of conversation_ids) {
      // What was erased must not stay on a screen until somebody reloads it.
      void cache.resetQueries({ queryKey: keys.history(id) });
      void cache.invalidateQueries({ queryKey: keys.conversation(id) });
    }
    void cache.invalidateQueries({ queryKey: keys.tickets });
  },
  member_updated: ({ cache }, { member }) => {
    cache.setQueryData<MemberView[]>(keys.members, (members) => members && withNewer(members, member));
  },
  member_removed: ({ cache }, { member_id }) => {
    cache.setQueryData<MemberView[]>(keys.members, (members) =>
      members?.filter((member) => member.id !== member_id),
    );
  },
  department_created: ({ cache }, { department }) => {
    cache.setQueryData<DepartmentView[]>(keys.departments, (all) => all && withNewer(all, department));
  },
  department_updated: ({ cache }, { department }) => {
    cache.setQueryData<DepartmentView[]>(keys.departments, (all) => all && withNewer(all, department));
  },
  account_updated: ({ cache }, { account }) => {
    const { name, brand_color, logo_url, locale, time_zone, state } = account;
    updateSession((session) => ({
      ...session,
      account: { ...session.account, name, brand_color, logo_url, locale, time_zone, state },
    }));
    void cache.invalidateQueries({ queryKey: keys.account });
  },
};

/** The list with this copy in the place of an older one, or at the end. The same list when it is no news. */
function withNewer<T extends { id: string; version: number }>(items: T[], item: T): T[] {
  const current = items.find(({ id }) => id === item.id);
  if (current === undefined) return [...items, item];
  if (current.version >= item.version) return items;
  return items.map((other) => (other === current ? item : other));
}

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
