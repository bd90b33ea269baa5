import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrastWithWhite, darkened, isReadable, normalHex } from "@/features/settings/company/brand";
import {
  closeOfField,
  draftOf,
  fieldOfClose,
  hoursOf,
  keyOf,
  troublesOf,
  weekMinutes,
  withInterval,
} from "@/features/settings/company/hours/hours-model";
import { easterSunday, nationalHolidays } from "@/features/settings/company/hours/national-holidays";

describe("business hours", () => {
  it("come back from the editor as they went in", () => {
    const hours = {
      weekdays: { monday: { intervals: [{ opens: "08:00", closes: "24:00" }] } },
      holidays: [{ day: "2026-12-25", name: "Natal", intervals: [] }],
    };
    const saved = hoursOf(draftOf(hours));
    expect(saved.weekdays?.monday).toEqual(hours.weekdays.monday);
    expect(saved.weekdays?.sunday).toEqual({ intervals: [] });
    expect(saved.holidays).toEqual(hours.holidays);
    expect(hoursOf(draftOf({ weekdays: null })).weekdays).toBeNull();
  });

  it("are the same whatever order a field's parts came in", () => {
    const one = draftOf({ weekdays: { monday: { intervals: [{ opens: "08:00", closes: "12:00" }] } } });
    const other = draftOf({ weekdays: { monday: { intervals: [{ closes: "12:00", opens: "08:00" }] } } });
    expect(keyOf(one)).toBe(keyOf(other));
    const eve = { day: "2026-12-24", name: "Véspera", intervals: [] };
    expect(keyOf({ ...one, holidays: [eve] })).toBe(
      keyOf({ ...one, holidays: [{ intervals: [], name: "Véspera", day: "2026-12-24" }] }),
    );
    expect(keyOf({ ...one, holidays: [eve] })).not.toBe(keyOf(one));
  });

  it("find what is missing, upside down, or in each other's way", () => {
    const wrong = troublesOf([
      { opens: "09:00", closes: "12:00" },
      { opens: "11:00", closes: "13:00" },
      { opens: "18:00", closes: "17:00" },
      { opens: "", closes: "" },
    ]);
    expect([...wrong]).toEqual([
      [1, "overlap"],
      [2, "order"],
      [3, "missing"],
    ]);
    expect(
      troublesOf([
        { opens: "09:00", closes: "12:00" },
        { opens: "12:00", closes: "13:00" },
      ]).size,
    ).toBe(0);
  });

  it("write the end of the day as fields can show it", () => {
    expect(fieldOfClose("24:00")).toBe("00:00");
    expect(closeOfField("00:00")).toBe("24:00");
    expect(weekMinutes(draftOf({ weekdays: null }).week)).toBe(5 * 9 * 60);
  });

  it("propose an interval after the last one", () => {
    expect(withInterval([{ opens: "09:00", closes: "12:00" }]).at(-1)).toEqual({
      opens: "13:00",
      closes: "17:00",
    });
    expect(withInterval([{ opens: "09:00", closes: "24:00" }]).at(-1)).toEqual({ opens: "", closes: "" });
  });
});

describe("national holidays", () => {
  it("know Easter", () => {
    expect(easterSunday(2026).toISOString().slice(0, 10)).toBe("2026-04-05");
    expect(easterSunday(2027).toISOString().slice(0, 10)).toBe("2027-03-28");
    expect(easterSunday(2038).toISOString().slice(0, 10)).toBe("2038-04-25");
    expect(nationalHolidays(2026).map(({ day }) => day)).toContain("2026-04-03");
  });
});

describe("brand colour", () => {
  it("becomes readable, whatever it was", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const color = `#${value.toString(16).padStart(6, "0")}`;
        expect(isReadable(darkened(color))).toBe(true);
      }),
    );
  });

  it("is read with or without its sign", () => {
    expect(normalHex(" 0B6A62")).toBe("#0b6a62");
    expect(normalHex("#12345")).toBeNull();
    expect(contrastWithWhite("#000000")).toBeCloseTo(21);
  });
});
