/** What the conversation shows from top to bottom: messages with the days, tickets and the unread line between them. */
import { bubbleOf } from "@/features/conversation/model/outgoing-bubble";
import type { OutboxEntry } from "@/features/conversation/model/outbox";
import { isGroupedWithPrevious } from "@/features/conversation/messages/message-facts";
import { dayKey } from "@/lib/time/format";
import type { MessageView, TicketView } from "@/lib/wire/protocol.gen";

export type TimelineItem =
  | { type: "beginning"; key: string }
  | { type: "day"; key: string; at: string }
  | { type: "ticket"; key: string; ticket: TicketView; event: "opened" | "closed" }
  | { type: "unread"; key: string; count: number }
  | { type: "message"; key: string; message: MessageView; grouped: boolean; entry: OutboxEntry | null };

interface TimelineInput {
  items: readonly MessageView[];
  atStart: boolean;
  outbox: readonly OutboxEntry[];
  tickets: readonly TicketView[];
  userId: string;
  /** The first message that was unread when the conversation was opened, and how many. */
  unread: { messageId: string; count: number } | null;
}

/** Kept by its client id from optimistic bubble to server version, so that the bubble is never drawn anew. */
function messageKey(message: MessageView): string {
  return message.client_message_id ?? message.id;
}

export function buildTimeline({
  items,
  atStart,
  outbox,
  tickets,
  userId,
  unread,
}: TimelineInput): TimelineItem[] {
  const arrived = new Set(items.map((message) => message.client_message_id));
  const pending = new Map(
    outbox
      .filter((entry) => !arrived.has(entry.clientMessageId))
      .map((entry) => [entry.clientMessageId, entry]),
  );
  const messages = [...items, ...[...pending.values()].map((entry) => bubbleOf(entry, userId))];
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const closings = tickets.filter((ticket) => ticket.closed_at !== null).toSorted(byClosing);
  const opened = new Set<string>();
  const timeline: TimelineItem[] =
    atStart && messages.length > 0 ? [{ type: "beginning", key: "beginning" }] : [];
  let previous: MessageView | null = null;

  for (const message of messages) {
    const dividers: TimelineItem[] = [];
    for (
      let ticket = closings[0];
      ticket && closedAt(ticket) < Date.parse(message.at);
      ticket = closings[0]
    ) {
      closings.shift();
      // One that was closed before everything that is loaded belongs further up.
      if (previous !== null)
        dividers.push({ type: "ticket", key: `closed-${ticket.id}`, ticket, event: "closed" });
    }
    // Where a day begins is known only below another day: a divider on top would move away when older messages come,
    // and the reading position, which is held by the topmost item, with it.
    if (previous === null ? atStart : dayKey(previous.at) !== dayKey(message.at)) {
      dividers.push({ type: "day", key: `day-${dayKey(message.at)}`, at: message.at });
    }
    const ticket = message.ticket_id === null ? undefined : byId.get(message.ticket_id);
    if (ticket && !opened.has(ticket.id)) {
      opened.add(ticket.id);
      // The first loaded message is its ticket's beginning only at the start of the conversation.
      if (previous !== null || atStart)
        dividers.push({ type: "ticket", key: `opened-${ticket.id}`, ticket, event: "opened" });
    }
    if (unread?.messageId === message.id)
      dividers.push({ type: "unread", key: "unread", count: unread.count });
    const grouped: boolean = dividers.length === 0 && isGroupedWithPrevious(previous, message);
    const entry =
      message.client_message_id === null ? null : (pending.get(message.client_message_id) ?? null);
    timeline.push(...dividers, { type: "message", key: messageKey(message), message, grouped, entry });
    previous = message;
  }
  for (const ticket of closings)
    timeline.push({ type: "ticket", key: `closed-${ticket.id}`, ticket, event: "closed" });
  return timeline;
}

function closedAt(ticket: TicketView): number {
  return Date.parse(ticket.closed_at ?? "");
}

function byClosing(a: TicketView, b: TicketView): number {
  return closedAt(a) - closedAt(b);
}

/** A first guess, close enough that measuring the real one moves little. */
export function estimateHeight(item: TimelineItem | undefined): number {
  if (item === undefined) return 56;
  if (item.type !== "message") return 44;
  const { message } = item;
  if (message.media !== null && message.media.state !== "stored") return 110;
  if (message.kind === "image" || message.kind === "video") return 300;
  if (message.kind === "sticker") return 170;
  if (message.kind === "location" || message.kind === "order") return 220;
  if (message.media !== null) return 92;
  const length = typeof message.content.body === "string" ? message.content.body.length : 0;
  return 44 + Math.floor(length / 60) * 20;
}
