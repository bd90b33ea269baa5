/** A duration of milliseconds as people read it: "12 ms", "1,4 s". A dash for what nobody measured. */
export function formatMs(ms: number | null, locale: string): string {
  if (ms === null) return "–";
  const inSeconds = ms >= 1_000;
  const value = inSeconds ? ms / 1_000 : ms;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: inSeconds ? "second" : "millisecond",
    unitDisplay: "short",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
