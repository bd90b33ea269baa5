import { useEffect, useRef } from "react";
import { useLive } from "@/lib/live/live-context";

/** Told again this often while it goes on; the others forget it after 6 s. */
const REPEAT_MS = 4_000;
/** A pause this long is the end of it. */
const PAUSE_MS = 5_000;

/** Lets colleagues, and the customer's phone, see that somebody answers. */
export function useTypingSignal(conversationId: string): { typed: () => void; stopped: () => void } {
  const live = useLive();
  const toldAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const tell = (typing: boolean) => {
    if (live.state.get().status !== "live") return;
    live.send("typing", { conversation_id: conversationId, typing }).catch(() => undefined);
  };
  const stopped = () => {
    clearTimeout(timer.current);
    if (toldAt.current === 0) return;
    toldAt.current = 0;
    tell(false);
  };
  const typed = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(stopped, PAUSE_MS);
    if (Date.now() - toldAt.current < REPEAT_MS) return;
    toldAt.current = Date.now();
    tell(true);
  };

  const latest = useRef(stopped);
  useEffect(() => {
    latest.current = stopped;
  });
  useEffect(() => () => latest.current(), []);
  return { typed, stopped };
}
