import { useEffect, useState } from "react";
import { useConnection, useLive } from "@/lib/live/live-context";
import { useSession } from "@/lib/session";
import type { ConversationView } from "@/lib/wire/openapi.gen";

function useLookedAt(): boolean {
  const [visible, setVisible] = useState(() => document.visibilityState === "visible");
  useEffect(() => {
    const update = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", update);
    return () => document.removeEventListener("visibilitychange", update);
  }, []);
  return visible;
}

/** What the assignee has on the screen is read; looking into somebody else's conversation leaves no trace. */
export function useMarkRead(conversation: ConversationView | undefined, seesEnd: boolean): void {
  const live = useLive();
  const { status } = useConnection();
  const { user } = useSession();
  const visible = useLookedAt();
  const ticket = conversation?.current_ticket;
  const due =
    ticket?.assignee_id === user.id && ticket.unread_count > 0 && seesEnd && visible && status === "live";
  const conversationId = conversation?.id;
  const version = ticket?.version;
  useEffect(() => {
    if (!due || conversationId === undefined) return;
    // The ticket's next version asks again, should this one be lost.
    live.send("mark_read", { conversation_id: conversationId }).catch(() => undefined);
  }, [live, due, conversationId, version]);
}
