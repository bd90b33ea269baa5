import { useEffect, useState } from "react";

/** The present, renewed every `everyMs`: for "waiting since" and countdowns, which nobody else would redraw. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
