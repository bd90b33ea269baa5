import { useEffect, useRef, useState, type PointerEvent } from "react";
import type { TicketView } from "@/lib/wire/openapi.gen";

/** Somebody who has not moved the pointer for this long is not about to click. */
const SETTLED_MS = 2_500;

/**
 * The tickets in the order of `items`, except while the pointer moves over the list: then every row stays where it is
 * (with its newest content), newcomers wait, and the real order comes when the pointer rests or leaves.
 */
export function useSteadyOrder(items: readonly TicketView[]) {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const release = () => {
    clearTimeout(timer.current);
    setHeld(null);
  };
  const hold = (event: PointerEvent) => {
    if (event.pointerType !== "mouse") return;
    setHeld((current) => current ?? items.map((ticket) => ticket.id));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHeld(null), SETTLED_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return {
    ordered: held === null ? items : inHeldOrder(items, held),
    hold,
    release,
    waiting: held === null ? 0 : newcomers(items, held),
  };
}

/** Exported for the test: rows keep their places, those that are gone leave, newcomers are left out. */
export function inHeldOrder(items: readonly TicketView[], held: readonly string[]): TicketView[] {
  const byId = new Map(items.map((ticket) => [ticket.id, ticket]));
  const kept = held.map((id) => byId.get(id)).filter((ticket) => ticket !== undefined);
  // More pages may have come while holding: they belong below.
  const known = new Set(held);
  const lastKept = items.findLastIndex((ticket) => known.has(ticket.id));
  return [...kept, ...items.slice(lastKept + 1)];
}

function newcomers(items: readonly TicketView[], held: readonly string[]): number {
  const known = new Set(held);
  const lastKept = items.findLastIndex((ticket) => known.has(ticket.id));
  return items.slice(0, lastKept + 1).filter((ticket) => !known.has(ticket.id)).length;
}
