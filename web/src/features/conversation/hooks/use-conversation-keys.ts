import { useEffect, useRef } from "react";

interface ConversationKeys {
  onClose: () => void;
  onReply: () => void;
  onEscape: () => void;
}

/** Alt+E closes the ticket, Alt+L goes to the answer, Escape (when nothing else takes it) goes back. */
export function useConversationKeys(handlers: ConversationKeys): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (event.altKey && !event.ctrlKey && !event.metaKey) {
        if (event.code === "KeyE") latest.current.onClose();
        else if (event.code === "KeyL") latest.current.onReply();
        else return;
        event.preventDefault();
      } else if (event.key === "Escape") {
        const inLayer =
          event.target instanceof Element &&
          event.target.closest("[role=dialog], [role=menu], input, textarea");
        if (!inLayer) latest.current.onEscape();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
