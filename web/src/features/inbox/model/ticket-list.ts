/**
 * The cached ticket lists and how events change them: pure functions, so that old state + events = a fresh fetch.
 *
 * A list is what the server answered page by page, in the server's order. A copy of a ticket is replaced only by a
 * higher version, so an event that comes twice or late changes nothing.
 */
import type { InfiniteData } from "@tanstack/react-query";
import type { TicketFilter, TicketListName } from "@/lib/api/queries";
import { compareInstants } from "@/lib/time/instants";
import { seesDepartment, type Viewer } from "@/lib/viewer";
import type { TicketListView } from "@/lib/wire/openapi.gen";
import type { ContactView, TicketView } from "@/lib/wire/protocol.gen";

/** A ticket's place in a view's order. */
interface Place {
  at: string;
  id: string;
}

export interface TicketListPage extends TicketListView {
  /** Where the next page begins: below the row that was the last when this one was fetched. Null at the end. */
  floor: Place | null;
}

/** `pageParams` (cursors) are the query's own business. */
export type TicketListData = InfiniteData<TicketListPage>;

/** Whether the server would put the ticket into this view for this person. */
export function isInView(ticket: TicketView, view: TicketListName, viewer: Viewer): boolean {
  const open = ticket.closed_at === null;
  const own = ticket.assignee_id === viewer.userId;
  // An assignee hears of their ticket wherever it is; the lists of a department are its people's.
  const near = seesDepartment(viewer, ticket.department_id);
  switch (view) {
    case "mine":
      return open && own && ticket.state !== "bot";
    case "queue":
      return open && near && (ticket.state === "queued" || ticket.state === "offered");
    case "bot":
      return open && near && ticket.state === "bot";
    case "closed":
      return !open && near;
    case "all":
      return open && (near || own);
  }
}

export function matches(ticket: TicketView, filter: TicketFilter, viewer: Viewer): boolean {
  return (
    isInView(ticket, filter.view, viewer) &&
    (filter.departmentId === null || ticket.department_id === filter.departmentId) &&
    (!filter.unread || ticket.unread_count > 0)
  );
}

/** What the server sorts a view by, newest first: its cursors depend on it. */
function placeOf(ticket: TicketView, view: TicketListName): Place {
  const at = view === "closed" ? (ticket.closed_at ?? ticket.last_message_at) : ticket.last_message_at;
  return { at, id: ticket.id };
}

function comparePlaces(a: Place, b: Place): number {
  return compareInstants(b.at, a.at) || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** Negative when `a` stands above `b` in the server's order. */
export function compareTickets(a: TicketView, b: TicketView, view: TicketListName): number {
  return comparePlaces(placeOf(a, view), placeOf(b, view));
}

/** A page as the server answered it. */
export function buildListPage(page: TicketListView, view: TicketListName): TicketListPage {
  const last = page.items.at(-1);
  return { ...page, floor: page.next_cursor === null || !last ? null : placeOf(last, view) };
}

/** The order on the screen: as the server sorts, but in the queue whoever has waited longest comes first. */
export function displayOrder(items: TicketView[], view: TicketListName): TicketView[] {
  if (view !== "queue") return items;
  const waitsSince = (ticket: TicketView) => Date.parse(ticket.queued_at ?? ticket.created_at);
  return items.toSorted(
    (a, b) => b.priority - a.priority || waitsSince(a) - waitsSince(b) || (a.id < b.id ? -1 : 1),
  );
}

/** A ticket that moved up while the next page was on its way may be in both: the first one counts. */
export function flatten(data: TicketListData): TicketView[] {
  const byId = new Map<string, TicketView>();
  for (const page of data.pages)
    for (const item of page.items) if (!byId.has(item.id)) byId.set(item.id, item);
  return [...byId.values()];
}

/** Pages keep their cursors; items are dealt out again so that page boundaries stay where they were, roughly. */
function withItems(data: TicketListData, items: TicketView[]): TicketListData {
  const last = data.pages.length - 1;
  let start = 0;
  const pages = data.pages.map((page, index) => {
    const end = index === last ? items.length : start + page.items.length;
    const part = items.slice(start, end);
    start = end;
    return { ...page, items: part };
  });
  return { ...data, pages };
}

/** The list after the ticket changed. The same object when nothing changes. */
export function placeTicket(
  data: TicketListData,
  filter: TicketFilter,
  viewer: Viewer,
  ticket: TicketView,
): TicketListData {
  const items = flatten(data);
  const index = items.findIndex((item) => item.id === ticket.id);
  const current = items[index];
  if (current && current.version >= ticket.version) return data;
  // Only the server knows what a search finds: its rows are renewed where they stand, none comes or goes.
  if (filter.q !== "") return current ? withItems(data, items.with(index, ticket)) : data;
  if (!matches(ticket, filter, viewer)) return current ? withItems(data, items.toSpliced(index, 1)) : data;
  const others = current ? items.toSpliced(index, 1) : items;
  const found = others.findIndex((item) => compareTickets(ticket, item, filter.view) < 0);
  const position = found === -1 ? others.length : found;
  // Where the next page begins, not where the last row stands now: rows that were above it may have gone.
  const floor = data.pages.at(-1)?.floor ?? null;
  if (floor !== null && comparePlaces(placeOf(ticket, filter.view), floor) > 0)
    return current ? withItems(data, others) : data;
  return withItems(data, others.toSpliced(position, 0, ticket));
}

/** The ticket went where this person may not look, unless a newer copy says that it came back. */
export function dropTicket(data: TicketListData, ticketId: string, version: number): TicketListData {
  const items = flatten(data);
  const index = items.findIndex((item) => item.id === ticketId);
  const current = items[index];
  if (current === undefined || current.version > version) return data;
  return withItems(data, items.toSpliced(index, 1));
}

/** Whether a change moves a counter of the views; an unknown ticket may. */
export function movesCounts(before: TicketView | undefined, after: TicketView): boolean {
  if (before === undefined) return true;
  return (
    before.state !== after.state ||
    before.assignee_id !== after.assignee_id ||
    before.department_id !== after.department_id ||
    before.unread_count > 0 !== after.unread_count > 0
  );
}

/** After a contact's name, number or mask changed. The same object when none of theirs is in the list. */
export function nameContact(data: TicketListData, contact: ContactView): TicketListData {
  const isTheirs = (ticket: TicketView) => ticket.contact.id === contact.id;
  if (!data.pages.some((page) => page.items.some(isTheirs))) return data;
  const items = (page: TicketListPage) =>
    page.items.map((ticket) => (isTheirs(ticket) ? { ...ticket, contact } : ticket));
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: items(page) })) };
}
