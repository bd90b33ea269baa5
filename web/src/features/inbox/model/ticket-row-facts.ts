import type { TicketView } from "@/lib/wire/openapi.gen";

/** From here on the end of the window is worth a place in the row. */
const WINDOW_HINT_MS = 3 * 3_600_000;

/** The customer waits: for somebody to take them, or for an answer. */
export function isWaiting(ticket: TicketView): boolean {
  return (
    ticket.closed_at === null &&
    ticket.state !== "bot" &&
    (ticket.waiting_since !== null || ticket.state === "queued")
  );
}

/** Milliseconds left of a window that is almost over, while an answer is due; else null. */
export function windowHint(ticket: TicketView, now: number): number | null {
  if (ticket.window_expires_at === null || !isWaiting(ticket)) return null;
  const left = Date.parse(ticket.window_expires_at) - now;
  return left > 0 && left < WINDOW_HINT_MS ? left : null;
}
