import type { ConversationView } from "@/lib/wire/openapi.gen";
import type { ContactView, TicketView } from "@/lib/wire/protocol.gen";

/** The conversation after one of its tickets changed or opened. The same object when the copy is not newer. */
export function withTicket(view: ConversationView, ticket: TicketView): ConversationView {
  const current = view.tickets.find((item) => item.id === ticket.id);
  if (current && current.version >= ticket.version) return view;
  const tickets = [ticket, ...view.tickets.filter((item) => item.id !== ticket.id)].sort(
    (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at),
  );
  return {
    ...view,
    tickets,
    contact: ticket.contact,
    current_ticket: currentTicket(tickets),
    // Only an open ticket knows the conversation's window.
    window_expires_at: ticket.closed_at === null ? ticket.window_expires_at : view.window_expires_at,
  };
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
