import { notifyManager, type QueryClient } from "@tanstack/react-query";
import { LIVE_FAMILIES, changed, isKnownType, type LiveFamily } from "@/app/live/event-changes";
import type { SessionKeeper } from "@/app/live/session-keeper";
import { movesCounts } from "@/features/inbox/model/ticket-list";
import { askAnew } from "@/lib/api/ask-anew";
import type { KnownTickets } from "@/lib/api/known-tickets";
import { keys } from "@/lib/api/queries";
import { sessionState, updateSession } from "@/lib/session";
import { isSameSet, type Viewer } from "@/lib/viewer";
import type { ConversationView, MemberView, SessionView } from "@/lib/wire/openapi.gen";
import type { EventMap, LogItem, TicketView } from "@/lib/wire/protocol.gen";

export interface EventContext {
  cache: QueryClient;
  known: KnownTickets;
  viewer: Viewer;
  /** A counter of the views may have moved. */
  recount: () => void;
  keeper: SessionKeeper;
  /** Role or departments of this person are not what the session says. */
  accessChanged: () => void;
  /** Whether the exact events of this conversation still come must be asked. */
  doubt: (conversationId: string) => void;
}

type Effects = { [K in keyof EventMap]?: (context: EventContext, event: EventMap[K]) => void };

/** What an event asks for beside changing data: what only the server can tell, and what is no query. Before the change. */
const EFFECTS: Effects = {
  message_created: (context, { message }) => doubtTicket(context, message.conversation_id, message.ticket_id),
  ticket_updated: ({ cache, known, recount, doubt }, { ticket }) => {
    const before = known.get(ticket.id);
    // A copy that came with a page may be newer than what was counted.
    if (!known.take(ticket) || movesCounts(before, ticket)) recount();
    const queryKey = keys.conversation(ticket.conversation_id);
    const shown = cache.getQueryData<ConversationView>(queryKey);
    // It came, or came back, into sight: the server may have closed the conversation to this socket when it left.
    if (!shown?.tickets.some((item) => item.id === ticket.id)) doubt(ticket.conversation_id);
    if (shown && hidesSomething(shown, ticket)) void askAnew(cache, queryKey);
  },
  ticket_removed: ({ known, recount, doubt }, { ticket_id, conversation_id }) => {
    known.forget(ticket_id);
    doubt(conversation_id);
    recount();
  },
  contact_erased: ({ cache }, { conversation_ids }) => {
    for (const id of conversation_ids) {
      // What was erased must not stay on a screen until somebody reloads it.
      void cache.resetQueries({ queryKey: keys.history(id) });
      void askAnew(cache, keys.conversation(id));
    }
    void askAnew(cache, keys.tickets);
  },
  member_updated: ({ accessChanged, keeper }, { member }) => {
    const state = sessionState.get();
    if (state.status !== "signed-in" || state.session.user.id !== member.id) return;
    const { name, email } = member;
    updateSession((session) => ({ ...session, user: { ...session.user, name, email } }));
    keeper.told();
    // While the socket was away nobody else tells: it is let in with the new departments, and its cursor goes on.
    if (state.session.impersonated_by === null && !isSameAccess(state.session, member)) accessChanged();
  },
  account_updated: ({ cache, keeper }, { account }) => {
    const { id, name, brand_color, logo_url, locale, time_zone, state } = account;
    updateSession((session) => ({
      ...session,
      account: { ...session.account, name, brand_color, logo_url, locale, time_zone, state },
      accounts: session.accounts.map((own) => (own.id === id ? { ...own, name, state } : own)),
    }));
    keeper.told();
    void askAnew(cache, keys.account);
  },
};

const isOpen = (ticket: TicketView) => ticket.closed_at === null;

/** Whether more has happened to the conversation than this ticket can tell. */
function hidesSomething({ tickets }: ConversationView, ticket: TicketView): boolean {
  const before = tickets.find(({ id }) => id === ticket.id);
  // At most one is open: the other has ended in a department whose tickets are not told here.
  if (isOpen(ticket)) return tickets.some((item) => item !== before && isOpen(item));
  // It ended, and of what came before that (conflation) the window may have moved: a closed ticket does not tell it.
  return before !== undefined && isOpen(before) && ticket.version > before.version + 1;
}

function isSameAccess(session: SessionView, member: MemberView): boolean {
  return (
    session.role === member.role &&
    isSameSet(session.department_ids, member.department_ids) &&
    isSameSet(session.permissions, member.permissions)
  );
}

/** A message of a ticket that the header does not know: one opened in a department whose tickets are not told here. */
function doubtTicket({ cache }: EventContext, conversationId: string, ticketId: string | null): void {
  const queryKey = keys.conversation(conversationId);
  const shown = cache.getQueryData<ConversationView>(queryKey);
  if (ticketId === null || !shown || shown.tickets.some(({ id }) => id === ticketId)) return;
  void askAnew(cache, queryKey);
}

/** The payloads are trusted: the server validates them by the models that the types come from. */
function applyOne<K extends keyof EventMap>(context: EventContext, type: K, event: EventMap[K]): void {
  EFFECTS[type]?.(context, event);
  for (const family of LIVE_FAMILIES) changeFamily(context, family, type, event);
}

function changeFamily<K extends keyof EventMap>(
  { cache, viewer }: EventContext,
  family: LiveFamily,
  type: K,
  event: EventMap[K],
): void {
  for (const [key, data] of cache.getQueriesData({ queryKey: [family] })) {
    if (data === undefined) continue;
    const next = changed(family, key[1] as never, data as never, type, event, viewer);
    if (next !== data) cache.setQueryData(key, next);
  }
}

export function applyEvents(context: EventContext, items: readonly LogItem[]): void {
  notifyManager.batch(() => {
    for (const { type, data } of items)
      if (isKnownType(type)) applyOne(context, type, data as unknown as EventMap[typeof type]);
  });
}
