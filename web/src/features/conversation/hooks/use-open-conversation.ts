import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { leave, type History } from "@/features/conversation/model/history";
import { keys } from "@/lib/api/queries";
import { ephemeral } from "@/lib/live/ephemeral";
import { useConnection, useLive } from "@/lib/live/live-context";
import { useStore } from "@/lib/store";

/**
 * Subscribes to the exact events of the conversation while it is on the screen, over reconnects too. Should the page
 * that was fetched be older than the subscription's beginning, it is fetched again: nothing falls between the two.
 * The server ends a subscription when the ticket leaves this person's sight, without a word but `ticket_removed`: at every
 * such doubt it is asked again, and what is shown is fetched anew, whatever the answer.
 */
export function useOpenConversation(conversationId: string, history: History | undefined): void {
  const live = useLive();
  const { status } = useConnection();
  const cache = useQueryClient();
  const [openedAt, setOpenedAt] = useState<number | null>(null);
  const doubts = useStore(live.doubts, (all) => all[conversationId] ?? 0);

  useEffect(() => live.watchConversation(conversationId), [live, conversationId]);

  useEffect(() => {
    if (status !== "live") return;
    let current = true;
    live
      .send("open_conversation", { conversation_id: conversationId })
      .then((opened) => {
        ephemeral.setViewing(conversationId, opened.viewing_user_ids);
        if (current) setOpenedAt(opened.seq);
      })
      // Not allowed or gone: fetching the conversation says so on the screen.
      .catch(() => undefined)
      .finally(() => {
        if (!current || doubts === 0) return;
        void cache.invalidateQueries({ queryKey: keys.conversation(conversationId) });
        void cache.invalidateQueries({ queryKey: keys.history(conversationId) });
      });
    return () => {
      current = false;
    };
  }, [live, status, cache, conversationId, doubts]);

  const isBehind = history?.phase === "live" && openedAt !== null && history.seq < openedAt;
  useEffect(() => {
    if (isBehind) void cache.invalidateQueries({ queryKey: keys.history(conversationId) });
  }, [isBehind, cache, conversationId]);

  useEffect(
    () => () => {
      cache.setQueryData<History>(keys.history(conversationId), (value) => value && leave(value));
    },
    [cache, conversationId],
  );
}
