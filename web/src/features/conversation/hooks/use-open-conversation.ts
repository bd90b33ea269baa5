import { useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { leave, type History } from "@/features/conversation/model/history";
import { askAnew } from "@/lib/api/ask-anew";
import { keys } from "@/lib/api/queries";
import { ProblemError } from "@/lib/http/problem";
import { ephemeral } from "@/lib/live/ephemeral";
import { useConnection, useLive } from "@/lib/live/live-context";
import { useStore } from "@/lib/store";
import type { ConversationView } from "@/lib/wire/openapi.gen";

/** The server answers alike as soon as nothing moves; were it ever not to, this ends the asking. */
const MOST_DISAGREEMENTS = 10;

/** What the server said to one `open_conversation`. */
interface Opened {
  /** Which one. */
  turn: string;
  /** From where on the events come; null: refused. */
  seq: number | null;
}

/**
 * Subscribes to the exact events of the conversation while it is on the screen, over reconnects too. Should the page
 * that was fetched be older than the subscription's beginning, it is fetched again: nothing falls between the two.
 * The server ends a subscription when the ticket leaves this person's sight, without a word but `ticket_removed`: at every
 * such doubt it is asked again, and what is shown is fetched anew, whatever the answer. When the answers disagree about
 * whether this person may see the conversation, some are of before it came into sight, or left: all are asked for again.
 */
export function useOpenConversation(
  conversationId: string,
  conversation: UseQueryResult<ConversationView>,
  history: UseQueryResult<History>,
): void {
  const live = useLive();
  const { status, since } = useConnection();
  const cache = useQueryClient();
  const [opened, setOpened] = useState<Opened | null>(null);
  const disagreements = useRef(0);
  const doubts = useStore(live.doubts, (all) => all[conversationId] ?? 0);
  const turn = `${since}/${doubts}`;

  useEffect(() => live.watchConversation(conversationId), [live, conversationId]);

  useEffect(() => {
    if (status !== "live") return;
    let current = true;
    live
      .send("open_conversation", { conversation_id: conversationId })
      .then((answer) => {
        ephemeral.setViewing(conversationId, answer.viewing_user_ids);
        if (current) setOpened({ turn, seq: answer.seq });
      })
      .catch((error: unknown) => {
        // Not allowed or gone: fetching the conversation says so on the screen.
        if (current && isRefusal(error)) setOpened({ turn, seq: null });
      })
      .finally(() => {
        if (!current || doubts === 0) return;
        void askAnew(cache, keys.conversation(conversationId));
        void askAnew(cache, keys.history(conversationId));
      });
    return () => {
      current = false;
    };
  }, [live, status, cache, conversationId, doubts, turn]);

  const seq = opened?.seq ?? null;
  const isBehind = history.data?.phase === "live" && seq !== null && history.data.seq < seq;
  useEffect(() => {
    if (isBehind) void cache.invalidateQueries({ queryKey: keys.history(conversationId) });
  }, [isBehind, cache, conversationId]);

  // Events alone make a history too, where the page was refused.
  const hasPage = history.data?.phase === "live";
  const answers = [
    opened?.turn === turn ? seq !== null : null,
    isSeen(conversation, true),
    isSeen(history, hasPage),
  ];
  const disagree = answers.includes(true) && answers.includes(false) && !answers.includes(null);
  useEffect(() => {
    if (!disagree || disagreements.current >= MOST_DISAGREEMENTS) return;
    disagreements.current += 1;
    live.doubt(conversationId);
  }, [disagree, live, conversationId]);

  useEffect(
    () => () => {
      cache.setQueryData<History>(keys.history(conversationId), (value) => value && leave(value));
    },
    [cache, conversationId],
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 404;
}

/** Whether the server showed it; null while it is asked, or when it could not say. */
function isSeen({ isFetching, isSuccess, error }: UseQueryResult, isWhole: boolean): boolean | null {
  if (isFetching) return null;
  return isSuccess ? isWhole : isRefusal(error) ? false : null;
}
