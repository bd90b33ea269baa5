/** Small whole objects of the wire for tests; each test names only what it is about. */
import type { Viewer } from "@/lib/viewer";
import type { TicketCounts, TicketListView } from "@/lib/wire/openapi.gen";
import type { MessageView, TicketView } from "@/lib/wire/protocol.gen";

export const ME = "user-me";
export const VIEWER: Viewer = { userId: ME, departmentIds: ["d1"], seesAllDepartments: true };
const START = Date.parse("2026-11-23T12:00:00Z");

export function at(minutes: number): string {
  return new Date(START + minutes * 60_000).toISOString();
}

export function buildMessage(change: Partial<MessageView> & { id: string }): MessageView {
  return {
    conversation_id: "c1",
    ticket_id: null,
    direction: "in",
    author_kind: "contact",
    author_id: null,
    client_message_id: null,
    kind: "text",
    content: { body: change.id },
    media: null,
    context: null,
    referral: null,
    reactions: [],
    status: "received",
    error: null,
    at: at(0),
    status_at: null,
    edited_at: null,
    deleted_at: null,
    version: 1,
    ...change,
  };
}

export function buildTicket(change: Partial<TicketView> & { id: string }): TicketView {
  return {
    conversation_id: `conversation-${change.id}`,
    number_id: "n1",
    protocol: `20261123${change.id}`,
    state: "active",
    department_id: "d1",
    assignee_id: ME,
    priority: 0,
    unread_count: 0,
    preview: { message_id: null, direction: "in", kind: "text", text: "oi", status: null },
    contact: {
      id: `contact-${change.id}`,
      name: `Contato ${change.id}`,
      profile_name: "",
      username: null,
      phone: null,
      wa_id: null,
    },
    last_message_at: at(0),
    waiting_since: null,
    window_expires_at: null,
    queued_at: null,
    accepted_at: null,
    first_response_at: null,
    closed_at: null,
    closed_by: null,
    close_reason: null,
    created_at: at(0),
    version: 1,
    ...change,
  };
}

export const NO_COUNTS: TicketCounts = { mine: 0, mine_unread: 0, queue: 0, bot: 0, all: 0 };

export function buildPage(items: TicketView[], nextCursor: string | null = null): TicketListView {
  return { items, next_cursor: nextCursor, counts: NO_COUNTS };
}
