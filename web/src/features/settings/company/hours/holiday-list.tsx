import { CalendarPlus, Flag, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { IconButton } from "@/components/icon-button";
import { dayText } from "@/components/usage/usage-model";
import { HolidayDialog } from "@/features/settings/company/hours/holiday-dialog";
import { intervalText, withHoliday } from "@/features/settings/company/hours/hours-model";
import styles from "@/features/settings/company/hours/hours.module.css";
import { nationalHolidays } from "@/features/settings/company/hours/national-holidays";
import { dayIn, isBrazilian } from "@/lib/time/zones";
import { showToast } from "@/lib/toasts";
import type { Holiday } from "@/lib/wire/openapi.gen";

interface HolidayListProps {
  holidays: readonly Holiday[];
  timeZone: string;
  onChange: (holidays: readonly Holiday[]) => void;
}

/** Days whose hours replace the weekday's. Those that have passed stay out of sight. */
export function HolidayList({ holidays, timeZone, onChange }: HolidayListProps) {
  const { t } = useTranslation("company");
  const [adding, setAdding] = useState(false);
  const [today] = useState(() => dayIn(timeZone, new Date()));
  const year = Number.parseInt(today, 10);
  const coming = holidays.filter(({ day }) => day >= today);
  const past = holidays.filter(({ day }) => day < today);

  const addNational = (wanted: number) => {
    const taken = new Set(holidays.map(({ day }) => day));
    const added = nationalHolidays(wanted).filter(({ day }) => !taken.has(day));
    onChange(
      added.reduce<readonly Holiday[]>(
        (all, { day, key }) => withHoliday(all, { day, name: t(`national.${key}`), intervals: [] }),
        holidays,
      ),
    );
    showToast(
      added.length === 0
        ? t("hours.nationalNone", { year: wanted })
        : t("hours.nationalAdded", { count: added.length }),
    );
  };
  const remove = (holiday: Holiday) => onChange(holidays.filter(({ day }) => day !== holiday.day));

  return (
    <section className={styles.holidays} aria-labelledby="holidays">
      <h3 id="holidays">{t("hours.holidays")}</h3>
      {holidays.length === 0 && <p className={styles.note}>{t("hours.holidaysNone")}</p>}
      {coming.length > 0 && <HolidayRows holidays={coming} onRemove={remove} />}
      {past.length > 0 && (
        <details className={styles.past}>
          <summary>{t("hours.past", { count: past.length })}</summary>
          <HolidayRows holidays={past} onRemove={remove} />
        </details>
      )}
      <div className={styles.holidayActions}>
        <Button icon={CalendarPlus} onClick={() => setAdding(true)}>
          {t("hours.holidayAdd")}
        </Button>
        {isBrazilian(timeZone) &&
          [year, year + 1].map((wanted) => (
            <Button key={wanted} variant="quiet" icon={Flag} onClick={() => addNational(wanted)}>
              {t("hours.national", { year: wanted })}
            </Button>
          ))}
      </div>
      {adding && (
        <HolidayDialog
          taken={holidays.map(({ day }) => day)}
          today={today}
          onAdd={(holiday) => onChange(withHoliday(holidays, holiday))}
          onClose={() => setAdding(false)}
        />
      )}
    </section>
  );
}

interface HolidayRowsProps {
  holidays: readonly Holiday[];
  onRemove: (holiday: Holiday) => void;
}

function HolidayRows({ holidays, onRemove }: HolidayRowsProps) {
  const { t, i18n } = useTranslation("company");
  return (
    <ul className={styles.holidayRows}>
      {holidays.map((holiday) => {
        const intervals = holiday.intervals ?? [];
        return (
          <li key={holiday.day}>
            <time dateTime={holiday.day}>
              {dayText(holiday.day, i18n.language, {
                weekday: "short",
                day: "2-digit",
                month: "short",
                year: "numeric",
              })}
            </time>
            <strong>{holiday.name}</strong>
            <span>{intervals.length === 0 ? t("hours.closed") : intervals.map(intervalText).join(", ")}</span>
            <IconButton
              icon={Trash2}
              size={16}
              label={t("hours.holidayRemove", { name: holiday.name })}
              onClick={() => onRemove(holiday)}
            />
          </li>
        );
      })}
    </ul>
  );
}
