import { useState } from "react";
import type { History } from "@/features/conversation/model/history";
import type { ConversationView } from "@/lib/wire/openapi.gen";

export interface UnreadLine {
  messageId: string;
  count: number;
}

/** The first of the last `unread` messages of the customer, as far as they are loaded. */
export function findUnreadLine(history: History, unread: number): UnreadLine | null {
  if (unread <= 0) return null;
  const inbound = history.items.filter(
    (message) => message.direction === "in" && message.kind !== "reaction",
  );
  const first = inbound.at(-Math.min(unread, inbound.length));
  return first ? { messageId: first.id, count: unread } : null;
}

/** Set once, when the conversation is opened: it must not move while somebody reads. */
export function useUnreadLine(
  conversation: ConversationView | undefined,
  history: History | undefined,
  userId: string,
): UnreadLine | null {
  const [line, setLine] = useState<UnreadLine | null | undefined>(undefined);
  const ticket = conversation?.current_ticket;
  const ready = conversation !== undefined && history?.phase === "live";
  if (ready && line === undefined) {
    const concerned = ticket && (ticket.assignee_id === userId || ticket.state === "queued");
    setLine(concerned ? findUnreadLine(history, ticket.unread_count) : null);
  }
  return line ?? null;
}
