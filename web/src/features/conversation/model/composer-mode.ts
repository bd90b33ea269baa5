import type { ConversationView, SessionView, TicketView } from "@/lib/wire/openapi.gen";

/** What writing means right now, and whether it is possible. */
export type ComposerMode =
  | { kind: "open" }
  /** Sending accepts it. */
  | { kind: "queued"; ticketId: string }
  | { kind: "bot"; ticketId: string }
  /** `mayWrite`: who supervises may join in. */
  | { kind: "others"; assigneeId: string; mayWrite: boolean }
  /** Sending reopens the last ticket or opens a new one. */
  | { kind: "closed" }
  | { kind: "window_closed"; lastInboundAt: string | null };

type Who = Pick<SessionView, "user" | "permissions">;

function supervises(who: Who): boolean {
  return who.permissions.includes("tickets.supervise");
}

/** Whether this person may transfer, return and close the ticket. */
export function maySteer(ticket: TicketView, who: Who): boolean {
  return ticket.assignee_id === null || ticket.assignee_id === who.user.id || supervises(who);
}

export function composerMode(conversation: ConversationView, who: Who, now: number): ComposerMode {
  const { window_expires_at, last_inbound_at, current_ticket: ticket } = conversation;
  if (window_expires_at === null || Date.parse(window_expires_at) <= now) {
    return { kind: "window_closed", lastInboundAt: last_inbound_at };
  }
  if (ticket === null) return { kind: "closed" };
  if (ticket.assignee_id === who.user.id) return { kind: "open" };
  if (ticket.assignee_id !== null)
    return { kind: "others", assigneeId: ticket.assignee_id, mayWrite: supervises(who) };
  return { kind: ticket.state === "bot" ? "bot" : "queued", ticketId: ticket.id };
}

export function mayWrite(mode: ComposerMode): boolean {
  return mode.kind === "others" ? mode.mayWrite : mode.kind !== "window_closed";
}
