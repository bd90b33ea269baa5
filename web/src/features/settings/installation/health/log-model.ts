/** The log's filters and the values of its fields: pure. */

export const LEVELS = ["warning", "error", "critical"] as const;
export type Level = (typeof LEVELS)[number];
export const PERIODS = ["hour", "day", "all"] as const;
export type Period = (typeof PERIODS)[number];

const HOUR_MS = 3_600_000;
/** A moment that moves on with every look would be another list each time. */
const STEP_MS = 60_000;

export function levelOf(text: string): Level {
  return LEVELS.find((level) => level === text) ?? "warning";
}

export function periodOf(text: string): Period {
  return PERIODS.find((period) => period === text) ?? "day";
}

/** From when on; empty: as far as the log goes. */
export function sinceOf(period: Period, now: number): string {
  if (period === "all") return "";
  const back = period === "hour" ? HOUR_MS : 24 * HOUR_MS;
  return new Date(Math.floor((now - back) / STEP_MS) * STEP_MS).toISOString();
}

export function fieldText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
