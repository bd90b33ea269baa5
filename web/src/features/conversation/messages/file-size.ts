/** "1,4 MB" in the reader's language; decimal units, as phones and browsers show downloads. Pure. */
export function fileSize(bytes: number, locale: string): string {
  const units = ["B", "kB", "MB", "GB"] as const;
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return `${number} ${units[unit] ?? "B"}`;
}
