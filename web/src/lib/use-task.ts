import { useState } from "react";

interface Task {
  busy: boolean;
  /** What the last try threw, until the next one. */
  error: unknown;
  /** True when it went through. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  clear: () => void;
}

/** Something that a person started and waits for: busy while it runs, and what went wrong afterwards. */
export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    busy,
    error,
    run: async (work) => {
      setBusy(true);
      setError(null);
      try {
        await work();
        return true;
      } catch (reason) {
        setError(reason);
        return false;
      } finally {
        setBusy(false);
      }
    },
    clear: () => setError(null),
  };
}
