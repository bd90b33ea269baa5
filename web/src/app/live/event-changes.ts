/**
 * Every numbered event → how it changes what is cached: pure functions, so that old state + events = a fresh fetch.
 *
 * Each ignores what is not about its data, and versions that are not newer: an event that comes twice changes nothing.
 */
import { advanceStatus, upsertMessage, type History } from "@/features/conversation/model/history";
import {
  withContact,
  withTicket,
  withWindow,
  withoutTicket,
} from "@/features/conversation/model/conversation-tickets";
import {
  dropTicket,
  nameContact,
  placeTicket,
  type TicketListData,
} from "@/features/inbox/model/ticket-list";
import { keys, type TicketFilter } from "@/lib/api/queries";
import type { Viewer } from "@/lib/viewer";
import type { ConversationView, DepartmentView, MemberView } from "@/lib/wire/openapi.gen";
import type { EventMap } from "@/lib/wire/protocol.gen";

/** What events keep true, by the first part of its cache key. */
interface LiveData {
  tickets: TicketListData;
  history: History;
  conversation: ConversationView;
  members: MemberView[];
  departments: DepartmentView[];
}

export type LiveFamily = keyof LiveData;

/** Which entry of the family it is: the second part of its cache key. */
interface Parts {
  tickets: TicketFilter;
  history: string;
  conversation: string;
  members: undefined;
  departments: undefined;
}

type Change<F extends LiveFamily, Event> = (
  data: LiveData[F],
  event: Event,
  part: Parts[F],
  viewer: Viewer,
) => LiveData[F];

type Changes<Event> = { readonly [F in LiveFamily]?: Change<F, Event> };

export const LIVE_FAMILIES: readonly LiveFamily[] = [
  keys.tickets[0],
  keys.histories[0],
  keys.conversations[0],
  keys.members[0],
  keys.departments[0],
];

const CHANGES: { readonly [K in keyof EventMap]: Changes<EventMap[K]> } = {
  message_created: {
    history: (history, { message }, id) =>
      message.conversation_id === id ? upsertMessage(history, message) : history,
  },
  message_updated: {
    history: (history, { message }, id) =>
      message.conversation_id === id ? upsertMessage(history, message) : history,
  },
  message_status_changed: {
    history: (history, change, id) =>
      change.conversation_id === id ? advanceStatus(history, change) : history,
  },
  ticket_updated: {
    tickets: (list, { ticket }, filter, viewer) => placeTicket(list, filter, viewer, ticket),
    conversation: (view, { ticket }, id) => (ticket.conversation_id === id ? withTicket(view, ticket) : view),
  },
  ticket_removed: {
    tickets: (list, { ticket_id, version }) => dropTicket(list, ticket_id, version),
    conversation: (view, { ticket_id, version }) => withoutTicket(view, ticket_id, version),
  },
  conversation_updated: {
    conversation: (view, { conversation_id, last_inbound_at, window_expires_at }, id) =>
      conversation_id === id ? withWindow(view, window_expires_at, last_inbound_at) : view,
  },
  contact_updated: {
    tickets: (list, { contact }) => nameContact(list, contact),
    conversation: (view, { contact }) => withContact(view, contact),
  },
  // What was erased is not changed but asked for anew.
  contact_erased: {},
  member_updated: {
    members: (members, { member }) => withNewer(members, member, compareMembers),
  },
  member_removed: {
    members: (members, { member_id }) =>
      members.some(({ id }) => id === member_id) ? members.filter(({ id }) => id !== member_id) : members,
  },
  department_created: {
    departments: (all, { department }) => withNewer(all, department, compareDepartments),
  },
  department_updated: {
    departments: (all, { department }) => withNewer(all, department, compareDepartments),
  },
  // The session is not a query; see apply-events.
  account_updated: {},
};

/** `data` after the event; the same object when it changes nothing. */
export function changed<F extends LiveFamily, K extends keyof EventMap>(
  family: F,
  part: Parts[F],
  data: LiveData[F],
  type: K,
  event: EventMap[K],
  viewer: Viewer,
): LiveData[F] {
  const change = CHANGES[type][family] as Change<F, EventMap[K]> | undefined;
  return change ? change(data, event, part, viewer) : data;
}

export function isLiveFamily(name: unknown): name is LiveFamily {
  return LIVE_FAMILIES.some((family) => family === name);
}

/** An unknown type comes from a newer server: nothing here shows it. */
export function isKnownType(type: string): type is keyof EventMap {
  return type in CHANGES;
}

/** The list with this copy in the place of an older one. The same list when it is no news. */
function withNewer<T extends { id: string; version: number }>(
  items: T[],
  item: T,
  compare: (a: T, b: T) => number,
): T[] {
  const current = items.find(({ id }) => id === item.id);
  if (current && current.version >= item.version) return items;
  return [...items.filter((other) => other !== current), item].sort(compare);
}

/** By code points, as the server's database sorts. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of GET /members. */
function compareMembers(a: MemberView, b: MemberView): number {
  return compareText(a.name, b.name) || compareText(a.id, b.id);
}

/** The order of GET /departments. */
function compareDepartments(a: DepartmentView, b: DepartmentView): number {
  const archived = Number(a.archived_at !== null) - Number(b.archived_at !== null);
  return archived || a.position - b.position || compareText(a.name, b.name);
}
