/** Business hours as they are edited: pure. Times are "HH:MM"; a day ends at 24:00, which fields show as 00:00. */
import type { BusinessHours, Holiday, Interval } from "@/lib/wire/openapi.gen";

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const WORKING_DAYS: readonly Weekday[] = WEEKDAYS.slice(0, 5);

/** As the server (accounts/business_hours). */
export const MOST_INTERVALS = 8;
const END_OF_DAY = "24:00";
/** What a day that is opened begins with. */
const USUAL: Interval = { opens: "09:00", closes: "18:00" };

export type Week = Record<Weekday, readonly Interval[]>;

export interface HoursDraft {
  isAlways: boolean;
  week: Week;
  holidays: readonly Holiday[];
}

export function draftOf({ weekdays, holidays = [] }: BusinessHours): HoursDraft {
  const intervals = (day: Weekday) =>
    weekdays ? (weekdays[day]?.intervals ?? []) : WORKING_DAYS.includes(day) ? [USUAL] : [];
  return {
    isAlways: !weekdays,
    week: weekOf(intervals),
    holidays,
  };
}

/** A value a day. */
function weekOf(hours: (day: Weekday) => readonly Interval[]): Week {
  return {
    monday: hours("monday"),
    tuesday: hours("tuesday"),
    wednesday: hours("wednesday"),
    thursday: hours("thursday"),
    friday: hours("friday"),
    saturday: hours("saturday"),
    sunday: hours("sunday"),
  };
}

export function hoursOf({ isAlways, week, holidays }: HoursDraft): BusinessHours {
  const weekdays = Object.fromEntries(WEEKDAYS.map((day) => [day, { intervals: [...week[day]] }]));
  return { weekdays: isAlways ? null : weekdays, holidays: [...holidays] };
}

/** Equal for two drafts that save the same. */
export function keyOf({ isAlways, week, holidays }: HoursDraft): string {
  const days = isAlways ? [] : WEEKDAYS.map((day) => week[day].map(intervalText));
  const others = holidays.map(({ day, name, intervals = [] }) => [day, name, intervals.map(intervalText)]);
  return JSON.stringify([isAlways, days, others]);
}

export type IntervalTrouble = "order" | "overlap" | "missing";

/** What is wrong with a day's intervals, by their place in it. */
export function troublesOf(intervals: readonly Interval[]): ReadonlyMap<number, IntervalTrouble> {
  const troubles = new Map<number, IntervalTrouble>();
  intervals.forEach(({ opens, closes }, index) => {
    if (opens === "" || closes === "") troubles.set(index, "missing");
    else if (opens >= closes) troubles.set(index, "order");
    else if (intervals.slice(0, index).some((other) => opens < other.closes && other.opens < closes))
      troubles.set(index, "overlap");
  });
  return troubles;
}

export function isRight({ isAlways, week }: HoursDraft): boolean {
  return isAlways || WEEKDAYS.every((day) => troublesOf(week[day]).size === 0);
}

/** One more interval: after the last one, as long as the day has room. */
export function withInterval(intervals: readonly Interval[]): readonly Interval[] {
  const last = intervals.reduce((latest, { closes }) => (closes > latest ? closes : latest), "");
  if (last === "") return [USUAL];
  const hour = Number.parseInt(last, 10);
  const opens = hour + 1 < 24 ? clock(hour + 1) : "";
  return [...intervals, { opens, closes: opens === "" ? "" : clock(Math.min(24, hour + 5)) }];
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

/** A time field knows no 24:00. */
export function fieldOfClose(closes: string): string {
  return closes === END_OF_DAY ? "00:00" : closes;
}

export function closeOfField(text: string): string {
  return text === "00:00" ? END_OF_DAY : text;
}

/** Of a whole week. */
export function weekMinutes(week: Week): number {
  return WEEKDAYS.flatMap((day) => week[day]).reduce(
    (total, { opens, closes }) => total + Math.max(0, minutes(closes) - minutes(opens)),
    0,
  );
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
}

export function intervalText({ opens, closes }: Interval): string {
  return `${opens}–${fieldOfClose(closes)}`;
}

export function withHoliday(holidays: readonly Holiday[], holiday: Holiday): Holiday[] {
  return [...holidays, holiday].sort((a, b) => a.day.localeCompare(b.day));
}
