import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { TicketListName } from "@/lib/api/queries";
import type { TicketView } from "@/lib/wire/openapi.gen";

interface ListKeys {
  tickets: readonly TicketView[];
  selectedId: string | null;
  view: TicketListName;
  scrollTo: (index: number) => void;
}

/** Alt+J and Alt+K open the next and the previous conversation, wherever the focus is. */
export function useListKeys(input: ListKeys): void {
  const navigate = useNavigate();
  const latest = useRef(input);
  useEffect(() => {
    latest.current = input;
  });

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      // The code, not the key: Alt changes what the letter types on a Mac.
      const step = event.code === "KeyJ" ? 1 : event.code === "KeyK" ? -1 : 0;
      if (step === 0) return;
      event.preventDefault();
      const { tickets, selectedId, view, scrollTo } = latest.current;
      const index = tickets.findIndex((ticket) => ticket.conversation_id === selectedId);
      const next = index === -1 ? 0 : Math.min(tickets.length - 1, Math.max(0, index + step));
      const ticket = tickets[next];
      if (!ticket) return;
      scrollTo(next);
      void navigate({
        to: "/inbox/$view/$conversationId",
        params: { view, conversationId: ticket.conversation_id },
        search: (search) => search,
      });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
}
