/** How an account stands, from its figures: pure. */
import type { NumberUsage, UsageDay, UsageView } from "@/lib/wire/openapi.gen";

/** A retry waits five minutes at most before it says so; what waits longer is stuck (as the installation's health). */
const OUTBOX_LATE_MS = 10 * 60_000;
/** From here on somebody should think of more room. */
const ALMOST_FULL = 0.9;

export type Trouble =
  | { kind: "outbox"; count: number; orMore: boolean; since: string }
  | { kind: "parked"; count: number; orMore: boolean }
  | { kind: "never"; number: NumberUsage }
  | { kind: "full" };

export function isOutboxLate(oldestAt: string | null, now: number): boolean {
  return oldestAt !== null && now - Date.parse(oldestAt) > OUTBOX_LATE_MS;
}

export function troublesOf(usage: UsageView): Trouble[] {
  const troubles: Trouble[] = [];
  const { outbox_oldest_at: oldest, outbox_waiting: waiting, parked_webhooks: parked } = usage;
  if (oldest !== null && isOutboxLate(oldest, Date.parse(usage.at)))
    troubles.push({ kind: "outbox", count: waiting, orMore: waiting >= usage.counts_stop_at, since: oldest });
  if (parked > 0) troubles.push({ kind: "parked", count: parked, orMore: parked >= usage.counts_stop_at });
  for (const number of usage.numbers) {
    if (!number.is_fine) troubles.push({ kind: "never", number });
  }
  if (usage.storage_bytes >= usage.limits.storage_bytes * ALMOST_FULL) troubles.push({ kind: "full" });
  return troubles;
}

export function totalOf(day: UsageDay): number {
  return day.messages_in + day.messages_out;
}

/** The end of a scale that holds `most`: 1, 2 or 5 times a power of ten. */
export function niceTop(most: number): number {
  if (most <= 5) return 5;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

/** A calendar day ("2026-11-23") as people say it. It has no time zone: read as UTC, told as UTC. */
export function dayText(day: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );
}
