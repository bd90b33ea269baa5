/**
 * Moments of the wire in their whole precision: the server sorts by microseconds, of which `Date` knows only milliseconds.
 */

/** Digits of a second's fraction that Postgres keeps. */
const FRACTION_DIGITS = 6;

function microseconds(iso: string): number {
  const digits = /\.(\d+)/.exec(iso)?.[1] ?? "";
  return Number(digits.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, "0"));
}

/** Negative when `a` is earlier than `b`. */
export function compareInstants(a: string, b: string): number {
  return a === b ? 0 : Date.parse(a) - Date.parse(b) || microseconds(a) - microseconds(b);
}
