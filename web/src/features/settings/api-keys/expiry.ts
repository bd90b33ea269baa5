/** How long a key is good, as people choose it, and the moment that it means. */

export const EXPIRY_CHOICES = ["30", "90", "365", "forever", "date"] as const;
export type Expiry = (typeof EXPIRY_CHOICES)[number] | "keep";

const DAY_MS = 86_400_000;
/** A week is time enough to replace a key. */
const SOON_MS = 7 * DAY_MS;

/** The moment for POST /v1/api-keys: null for never, undefined while there is no date yet, or one of the past. */
export function expiryMoment(
  choice: Exclude<Expiry, "keep">,
  date: string,
  now: number,
): string | null | undefined {
  if (choice === "forever") return null;
  if (choice !== "date") return new Date(now + Number(choice) * DAY_MS).toISOString();
  // Good for the whole of the chosen day, where the person is.
  const end = new Date(`${date}T23:59:59`);
  return Number.isNaN(end.getTime()) || end.getTime() <= now ? undefined : end.toISOString();
}

/** Today for a date field: nothing earlier makes sense. */
export function dateOf(now: number): string {
  const at = new Date(now);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function isAhead(iso: string, now: number = Date.now()): boolean {
  return Date.parse(iso) > now;
}

export function endsSoon(iso: string, now: number = Date.now()): boolean {
  return Date.parse(iso) - now < SOON_MS;
}
