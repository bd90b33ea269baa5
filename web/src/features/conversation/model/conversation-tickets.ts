import { compareInstants } from "@/lib/time/instants";
import type { ConversationView } from "@/lib/wire/openapi.gen";
import type { ContactView, TicketView } from "@/lib/wire/protocol.gen";

/** Meta's customer service window; the server ends it this long after the customer's last sign (inbox/ingest/writing.py). */
const SERVICE_WINDOW_MS = 24 * 3_600_000;

/** The conversation after one of its tickets changed or opened. The same object when the copy is not newer. */
export function withTicket(view: ConversationView, ticket: TicketView): ConversationView {
  const current = view.tickets.find((item) => item.id === ticket.id);
  if (current && current.version >= ticket.version) return view;
  const tickets = [ticket, ...view.tickets.filter((item) => item.id !== ticket.id)].sort(
    (a, b) => compareInstants(b.created_at, a.created_at) || (a.id < b.id ? 1 : -1),
  );
  const next = { ...view, tickets, contact: ticket.contact, current_ticket: currentTicket(tickets) };
  // Only an open ticket knows the conversation's window.
  if (ticket.closed_at !== null) return next;
  return withWindow(next, ticket.window_expires_at, beginningOf(ticket.window_expires_at));
}

/** A window only ever moves on: an earlier end is older news. */
export function withWindow(
  view: ConversationView,
  expiresAt: string | null,
  lastInboundAt: string | null,
): ConversationView {
  const { window_expires_at: known } = view;
  if (expiresAt === null || (known !== null && compareInstants(expiresAt, known) <= 0)) return view;
  return { ...view, window_expires_at: expiresAt, last_inbound_at: lastInboundAt };
}

/** A customer who writes or reacts opens the window anew: its end tells when they last did. */
function beginningOf(expiresAt: string | null): string | null {
  return expiresAt && new Date(Date.parse(expiresAt) - SERVICE_WINDOW_MS).toISOString();
}

export function withoutTicket(view: ConversationView, ticketId: string, version: number): ConversationView {
  const current = view.tickets.find((item) => item.id === ticketId);
  if (!current || current.version > version) return view;
  const tickets = view.tickets.filter((item) => item !== current);
  return { ...view, tickets, current_ticket: currentTicket(tickets) };
}

/** After the contact's name, number or mask changed. The same object when it is about somebody else. */
export function withContact(view: ConversationView, contact: ContactView): ConversationView {
  if (view.contact.id !== contact.id) return view;
  const tickets = view.tickets.map((ticket) => ({ ...ticket, contact }));
  return { ...view, contact, tickets, current_ticket: currentTicket(tickets) };
}

/** The open one; a conversation has at most one. */
function currentTicket(tickets: readonly TicketView[]): TicketView | null {
  return tickets.find((ticket) => ticket.closed_at === null) ?? null;
}
