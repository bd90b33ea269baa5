import { CopyCheck, Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import {
  MOST_INTERVALS,
  closeOfField,
  fieldOfClose,
  troublesOf,
  withInterval,
} from "@/features/settings/company/hours/hours-model";
import styles from "@/features/settings/company/hours/hours.module.css";
import type { Interval } from "@/lib/wire/openapi.gen";

interface DayRowProps {
  name: string;
  intervals: readonly Interval[];
  onChange: (intervals: readonly Interval[]) => void;
  /** To the other working days. */
  onCopy?: (() => void) | undefined;
}

/** One weekday: open or closed, and from when to when. */
export function DayRow({ name, intervals, onChange, onCopy }: DayRowProps) {
  const { t } = useTranslation("company");
  const troubles = troublesOf(intervals);
  const trouble = [...troubles.values()][0];
  const isOpen = intervals.length > 0;
  const set = (index: number, change: Partial<Interval>) =>
    onChange(intervals.map((interval, at) => (at === index ? { ...interval, ...change } : interval)));
  return (
    <div className={styles.day} role="group" aria-label={name} data-open={isOpen ? true : undefined}>
      <label className={styles.dayName}>
        <input
          type="checkbox"
          checked={isOpen}
          onChange={(event) => onChange(event.target.checked ? withInterval([]) : [])}
        />
        {name}
      </label>
      <div className={styles.intervals}>
        {!isOpen && <span className={styles.closed}>{t("hours.closed")}</span>}
        {intervals.map((interval, index) => (
          <IntervalFields
            // Intervals have no names; their place is what they are.
            key={index}
            name={name}
            interval={interval}
            isWrong={troubles.has(index)}
            onChange={(change) => set(index, change)}
            onRemove={() => onChange(intervals.filter((_, at) => at !== index))}
          />
        ))}
        {trouble !== undefined && (
          <p className={styles.wrong} role="alert">
            {t(`hours.wrong.${trouble}`)}
          </p>
        )}
      </div>
      <div className={styles.dayActions}>
        {isOpen && (
          <IconButton
            icon={Plus}
            size={17}
            label={t("hours.add", { day: name })}
            disabled={intervals.length >= MOST_INTERVALS}
            onClick={() => onChange(withInterval(intervals))}
          />
        )}
        {isOpen && onCopy && (
          <IconButton icon={CopyCheck} size={17} label={t("hours.copy", { day: name })} onClick={onCopy} />
        )}
      </div>
    </div>
  );
}

interface IntervalFieldsProps {
  name: string;
  interval: Interval;
  isWrong: boolean;
  onChange: (change: Partial<Interval>) => void;
  onRemove?: () => void;
}

export function IntervalFields({ name, interval, isWrong, onChange, onRemove }: IntervalFieldsProps) {
  const { t } = useTranslation("company");
  return (
    <span className={styles.interval}>
      <input
        type="time"
        aria-label={t("hours.opens", { day: name })}
        aria-invalid={isWrong || undefined}
        value={interval.opens}
        onChange={(event) => onChange({ opens: event.target.value })}
      />
      <span aria-hidden="true">{t("hours.until")}</span>
      <input
        type="time"
        aria-label={t("hours.closes", { day: name })}
        aria-invalid={isWrong || undefined}
        value={fieldOfClose(interval.closes)}
        onChange={(event) => onChange({ closes: closeOfField(event.target.value) })}
      />
      {onRemove && (
        <IconButton icon={X} size={16} label={t("hours.remove", { day: name })} onClick={onRemove} />
      )}
    </span>
  );
}
