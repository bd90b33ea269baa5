import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type { MessageTripView } from "@/lib/wire/openapi.gen";
import type { MessageView } from "@/lib/wire/protocol.gen";

export function tripQuery({ id, conversation_id }: Pick<MessageView, "id" | "conversation_id">) {
  return queryOptions({
    queryKey: ["trip", id] as const,
    queryFn: ({ signal }) =>
      request<MessageTripView>("GET", `/conversations/${conversation_id}/messages/${id}/trip`, { signal }),
    // What is missing may have come since: asked anew whenever somebody looks.
    staleTime: 0,
  });
}
