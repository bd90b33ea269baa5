import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { conversationQuery } from "@/lib/api/queries";

/** From pressing to releasing the mouse is a tenth of a second: enough to have the header's data there. */
export function usePrefetchConversation(): (conversationId: string) => void {
  const cache = useQueryClient();
  return useCallback(
    (conversationId: string) => {
      // Whoever opens it sees the error; this was only a head start.
      cache.query({ ...conversationQuery(conversationId), staleTime: 10_000 }).catch(() => undefined);
    },
    [cache],
  );
}
