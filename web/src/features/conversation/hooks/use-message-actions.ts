import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { upsertMessage, type History } from "@/features/conversation/model/history";
import { useOutbox } from "@/features/conversation/model/outbox-context";
import { keys } from "@/lib/api/queries";
import { newId } from "@/lib/ids";
import { request } from "@/lib/http/client";
import { useLive } from "@/lib/live/live-context";
import { useTroubleToast } from "@/lib/use-trouble-toast";
import type { MessageView } from "@/lib/wire/protocol.gen";

export interface MessageActions {
  onReply: (message: MessageView) => void;
  /** null takes the reaction back. */
  onReact: (message: MessageView, emoji: string | null) => void;
  onRetry: (message: MessageView, options: { evenIfUnconfirmed: boolean }) => void;
  /** Asks WhatsApp once more for a file that never came; the message's next version brings it. */
  onRetryMedia: (message: MessageView) => void;
}

/** What can be done with a bubble. The same functions for the life of the conversation: bubbles are memoised. */
export function useMessageActions(
  conversationId: string,
  reply: (message: MessageView) => void,
): MessageActions {
  const live = useLive();
  const outbox = useOutbox();
  const cache = useQueryClient();
  const trouble = useTroubleToast();
  const latest = useRef({ reply, trouble });
  useEffect(() => {
    latest.current = { reply, trouble };
  });

  return useMemo(() => {
    const take = (message: MessageView) =>
      cache.setQueryData<History>(
        keys.history(conversationId),
        (history) => history && upsertMessage(history, message),
      );
    return {
      onReply: (message) => latest.current.reply(message),
      onReact: (message, emoji) => {
        live
          .send("send_message", {
            client_message_id: newId(),
            conversation_id: conversationId,
            content: { kind: "reaction", message_id: message.id, emoji: emoji ?? "" },
          })
          .catch((error: unknown) => latest.current.trouble(error));
      },
      onRetry: (message, { evenIfUnconfirmed }) => {
        // One that the server never took is still in the outbox.
        if (message.version === 0) {
          outbox.retry(message.id);
          return;
        }
        live
          .send("retry_message", { message_id: message.id, even_if_unconfirmed: evenIfUnconfirmed })
          .then((result) => take(result.message))
          .catch((error: unknown) => latest.current.trouble(error));
      },
      onRetryMedia: ({ media }) => {
        if (media === null) return;
        request("POST", `/media/${media.id}/fetch`).catch((error: unknown) => latest.current.trouble(error));
      },
    };
  }, [live, outbox, cache, conversationId]);
}
