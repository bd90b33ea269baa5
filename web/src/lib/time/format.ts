/** Times as people read them. `locale` is a BCP 47 tag; the browser's own time zone is used. */

const DAY_MS = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, options);
    formatters.set(key, found);
  }
  return found;
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** Calendar days from `at` to `now`: 0 today, 1 yesterday. */
export function daysAgo(at: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
}

/** "2026-11-23" in local time: equal for two moments of one day. */
export function dayKey(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
}

export function clockTime(iso: string, locale: string): string {
  return formatter(locale, { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}

export function fullTime(iso: string, locale: string): string {
  return formatter(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** "Hoje", "Ontem", "quinta-feira", "12 de março", "12 de março de 2025". */
export function dayLabel(iso: string, locale: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const days = daysAgo(at, now);
  if (days >= 0 && days <= 1) {
    return capitalised(new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day"));
  }
  if (days > 1 && days < 7) return capitalised(formatter(locale, { weekday: "long" }).format(at));
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return formatter(locale, { day: "numeric", month: "long", ...year }).format(at);
}

/** For a list row: "14:05" today, "ontem", "qui.", "12/03", "12/03/25". */
export function listTime(iso: string, locale: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const days = daysAgo(at, now);
  if (days <= 0) return clockTime(iso, locale);
  if (days === 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-1, "day");
  if (days < 7) return formatter(locale, { weekday: "short" }).format(at);
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: "2-digit" } as const);
  return formatter(locale, { day: "2-digit", month: "2-digit", ...year }).format(at);
}

/** How long something has lasted, in its two largest units at most: "agora", "4 min", "1 h 20", "2 d". */
export function elapsed(milliseconds: number, nowWord: string): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  if (minutes < 1) return nowWord;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    const rest = minutes % 60;
    return rest === 0 ? `${hours} h` : `${hours} h ${String(rest).padStart(2, "0")}`;
  }
  return `${Math.floor(hours / 24)} d`;
}

/** "0:42", "12:05", "1:02:09". */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / 1000));
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

const AGO_UNITS = [
  ["day", DAY_MS],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
/** Further back a date says more than a count. */
const AGO_MAX_MS = 14 * DAY_MS;

/** "agora", "há 5 minutos", "ontem", "há 3 dias", then the date: for a line that tells when something was. */
export function agoTime(iso: string, locale: string, nowWord: string, now: number = Date.now()): string {
  const passed = Math.max(0, now - Date.parse(iso));
  if (passed > AGO_MAX_MS) return formatter(locale, { dateStyle: "medium" }).format(new Date(iso));
  const unit = AGO_UNITS.find(([, length]) => passed >= length);
  if (unit === undefined) return nowWord;
  const [name, length] = unit;
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.floor(passed / length), name);
}
