import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Notice } from "@/components/notice";
import { SaveBar } from "@/components/save-bar";
import { Segmented } from "@/components/segmented";
import { SettingsCard } from "@/components/settings-page";
import { changeAccount } from "@/features/settings/company/api";
import { DayRow } from "@/features/settings/company/hours/day-row";
import { HolidayList } from "@/features/settings/company/hours/holiday-list";
import {
  WEEKDAYS,
  WORKING_DAYS,
  draftOf,
  hoursOf,
  isRight,
  keyOf,
  weekMinutes,
  type HoursDraft,
  type Weekday,
} from "@/features/settings/company/hours/hours-model";
import styles from "@/features/settings/company/hours/hours.module.css";
import type { SaveAccount } from "@/features/settings/company/use-account";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { AccountView, Interval } from "@/lib/wire/openapi.gen";

export function HoursForm({ account, save }: { account: AccountView; save: SaveAccount }) {
  const { t } = useTranslation("company");
  const problemText = useProblemText();
  const task = useTask();
  const saved = draftOf(account.business_hours);
  const [draft, setDraft] = useState<HoursDraft>(saved);
  const isDirty = keyOf(draft) !== keyOf(saved);

  const setDay = (day: Weekday, intervals: readonly Interval[]) =>
    setDraft((before) => ({ ...before, week: { ...before.week, [day]: intervals } }));
  const copyDay = (from: Weekday) => {
    setDraft((before) => ({
      ...before,
      week: {
        ...before.week,
        ...Object.fromEntries(WORKING_DAYS.map((day) => [day, before.week[from]])),
      },
    }));
    showToast(t("hours.copied"));
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const change = { version: account.version, business_hours: hoursOf(draft) };
    const done = await task.run(async () => {
      // The server has put them in order.
      setDraft(draftOf((await save(() => changeAccount(change))).business_hours));
    });
    if (done) showToast(t("saved"));
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <SettingsCard
        title={t("hours.title")}
        lead={t("hours.lead")}
        aside={
          <Badge tone={account.is_open ? "success" : "neutral"}>
            {t(account.is_open ? "hours.openNow" : "hours.closedNow")}
          </Badge>
        }
        foot={
          <SaveBar
            isDirty={isDirty}
            busy={task.busy}
            disabled={!isRight(draft)}
            onDiscard={() => {
              setDraft(saved);
              task.clear();
            }}
          />
        }
      >
        {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
        <div className={styles.mode}>
          <Segmented
            label={t("hours.mode")}
            value={draft.isAlways ? "always" : "week"}
            onChange={(mode) => setDraft((before) => ({ ...before, isAlways: mode === "always" }))}
            options={(["always", "week"] as const).map((value) => ({ value, label: t(`hours.${value}`) }))}
          />
        </div>
        {!draft.isAlways && (
          <div className={styles.week}>
            {WEEKDAYS.map((day) => (
              <DayRow
                key={day}
                name={t(`hours.days.${day}`)}
                intervals={draft.week[day]}
                onChange={(intervals) => setDay(day, intervals)}
                onCopy={WORKING_DAYS.includes(day) ? () => copyDay(day) : undefined}
              />
            ))}
            <p className={styles.note}>
              <b>{t("hours.total", { hours: hoursText(weekMinutes(draft.week)) })}</b> · {t("hours.midnight")}
            </p>
          </div>
        )}
        <HolidayList
          holidays={draft.holidays}
          timeZone={account.time_zone}
          onChange={(holidays) => setDraft((before) => ({ ...before, holidays }))}
        />
      </SettingsCard>
    </form>
  );
}

function hoursText(minutes: number): string {
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${String(rest).padStart(2, "0")}`}`;
}
