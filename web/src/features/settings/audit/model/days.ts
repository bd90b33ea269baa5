import { dayKey } from "@/lib/time/format";
import type { AuditEntryView } from "@/lib/wire/openapi.gen";

export interface AuditDay {
  key: string;
  at: string;
  entries: AuditEntryView[];
}

/** Entries under the day that they happened on; newest first, as they come. */
export function groupByDay(entries: readonly AuditEntryView[]): AuditDay[] {
  const days: AuditDay[] = [];
  for (const entry of entries) {
    const key = dayKey(entry.at);
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(entry);
    else days.push({ key, at: entry.at, entries: [entry] });
  }
  return days;
}
