const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "3,4 MB": in steps of 1000, as operating systems and Intl do; limits that were written in powers of two say 1024. */
export function formatSize(bytes: number, locale: string, base: 1000 | 1024 = 1000): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(base) + 1e-9));
  const unit = UNITS[step] ?? "byte";
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step < 2 ? 0 : 1,
  }).format(bytes / base ** step);
}
