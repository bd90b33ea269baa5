import { useEffect, useRef, useState } from "react";
import { readDraft, writeDraft } from "@/features/conversation/model/drafts";

/** Typing writes to the disk at most this often. */
const WRITE_AFTER_MS = 250;

/** The text being written, kept per conversation. */
export function useDraft(conversationId: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => readDraft(conversationId));
  const latest = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const write = () => {
      clearTimeout(timer.current);
      writeDraft(conversationId, latest.current);
    };
    window.addEventListener("pagehide", write);
    return () => {
      window.removeEventListener("pagehide", write);
      write();
    };
  }, [conversationId]);

  const change = (next: string) => {
    latest.current = next;
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => writeDraft(conversationId, next), WRITE_AFTER_MS);
  };
  return [text, change];
}
