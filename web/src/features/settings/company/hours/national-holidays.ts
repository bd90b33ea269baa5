/**
 * Brazil's national holidays: Lei 662/1949 with Lei 6.802/1980, Lei 10.607/2002 and Lei 14.759/2023. Good Friday is one by
 * Lei 9.093/1995 (religious) and closed everywhere; Carnival and Corpus Christi are not national.
 */
export const NATIONAL_DAYS = {
  newYear: "01-01",
  tiradentes: "04-21",
  labour: "05-01",
  independence: "09-07",
  aparecida: "10-12",
  souls: "11-02",
  republic: "11-15",
  consciousness: "11-20",
  christmas: "12-25",
} as const;

export type NationalHoliday = keyof typeof NATIONAL_DAYS | "goodFriday";

export function nationalHolidays(year: number): { day: string; key: NationalHoliday }[] {
  const fixed: { day: string; key: NationalHoliday }[] = (
    Object.keys(NATIONAL_DAYS) as (keyof typeof NATIONAL_DAYS)[]
  ).map((key) => ({
    day: `${year}-${NATIONAL_DAYS[key]}`,
    key,
  }));
  const friday = new Date(easterSunday(year).getTime() - 2 * 86_400_000);
  return [...fixed, { day: friday.toISOString().slice(0, 10), key: "goodFriday" as const }].sort((a, b) =>
    a.day.localeCompare(b.day),
  );
}

/** The anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8), at midnight UTC. */
export function easterSunday(year: number): Date {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return new Date(Date.UTC(year, month - 1, day));
}
