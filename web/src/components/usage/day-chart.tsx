import { useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/components/usage/usage.module.css";
import { dayText, niceTop, totalOf } from "@/components/usage/usage-model";
import type { UsageDay } from "@/lib/wire/openapi.gen";

/** A label under every fifth bar; on a phone under every tenth. */
const LABEL_EVERY = 5;

/** A bar a day, received below and sent above. Pointing at one or walking with the arrows tells its figures. */
export function DayChart({ days }: { days: readonly UsageDay[] }) {
  const { t, i18n } = useTranslation("usage");
  const [chosen, setChosen] = useState<number | null>(null);
  const count = new Intl.NumberFormat(i18n.language);
  const top = niceTop(Math.max(0, ...days.map(totalOf)));
  const last = days.length - 1;
  const shown = chosen === null ? null : days[chosen];
  const sum = (key: "messages_in" | "messages_out" | "api_requests") =>
    days.reduce((total, day) => total + day[key], 0);

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      Home: -days.length,
      End: days.length,
    };
    const step = steps[event.key];
    if (event.key === "Escape") setChosen(null);
    if (step === undefined) return;
    event.preventDefault();
    // The first press, whichever way, chooses today.
    setChosen(Math.min(last, Math.max(0, (chosen ?? last + 1) + step)));
  };

  return (
    <div className={styles.chart}>
      <div className={styles.legend} aria-live="polite">
        <strong>
          {shown
            ? dayText(shown.day, i18n.language, { weekday: "long", day: "numeric", month: "long" })
            : t("chart.range", { count: days.length })}
        </strong>
        <span data-series="in">
          {t("chart.in")} <b>{count.format(shown ? shown.messages_in : sum("messages_in"))}</b>
        </span>
        <span data-series="out">
          {t("chart.out")} <b>{count.format(shown ? shown.messages_out : sum("messages_out"))}</b>
        </span>
        {sum("api_requests") > 0 && (
          <span data-series="api">
            {t("chart.api")} <b>{count.format(shown ? shown.api_requests : sum("api_requests"))}</b>
          </span>
        )}
      </div>
      <div
        className={styles.plot}
        role="group"
        aria-label={t("chart.label")}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(null)}
        onPointerLeave={() => setChosen(null)}
      >
        <span className={styles.grid} aria-hidden="true">
          <i>{count.format(top)}</i>
          <i>{count.format(top / 2)}</i>
          <i>0</i>
        </span>
        <div className={styles.bars} aria-hidden="true">
          {days.map((day, index) => (
            <span
              key={day.day}
              className={styles.day}
              data-chosen={index === chosen ? true : undefined}
              onPointerEnter={() => setChosen(index)}
              onPointerDown={() => setChosen(index)}
            >
              <span className={styles.bar} style={{ height: `${(totalOf(day) / top) * 100}%` }}>
                <span data-series="out" style={{ flexGrow: day.messages_out }} />
                <span data-series="in" style={{ flexGrow: day.messages_in }} />
              </span>
              {(last - index) % LABEL_EVERY === 0 && (
                <small data-minor={(last - index) % (2 * LABEL_EVERY) === 0 ? undefined : true}>
                  {dayText(day.day, i18n.language, { day: "2-digit", month: "2-digit" })}
                </small>
              )}
            </span>
          ))}
        </div>
      </div>
      <table className="visually-hidden">
        <caption>{t("chart.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("chart.day")}</th>
            <th scope="col">{t("chart.in")}</th>
            <th scope="col">{t("chart.out")}</th>
            <th scope="col">{t("chart.api")}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{dayText(day.day, i18n.language, { dateStyle: "medium" })}</th>
              <td>{count.format(day.messages_in)}</td>
              <td>{count.format(day.messages_out)}</td>
              <td>{count.format(day.api_requests)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
