import { createContext, use } from "react";
import type { Outbox, OutboxEntry } from "@/features/conversation/model/outbox";
import { useStore } from "@/lib/store";

const OutboxContext = createContext<Outbox | null>(null);

export const OutboxProvider = OutboxContext.Provider;

export function useOutbox(): Outbox {
  const outbox = use(OutboxContext);
  if (outbox === null) throw new Error("useOutbox outside of OutboxProvider");
  return outbox;
}

/** All that waits, of every conversation; filter in a memo. */
export function useOutboxEntries(): readonly OutboxEntry[] {
  return useStore(useOutbox().entries, (entries) => entries);
}
