import { useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { niceTop } from "@/components/usage/usage-model";
import styles from "@/features/settings/proof/proof.module.css";
import { clockTime } from "@/lib/time/format";
import { formatMs } from "@/lib/time/format-ms";
import type { ProofMinute } from "@/lib/wire/openapi.gen";

const LABEL_EVERY = 15;

/** A bar a minute: p99 behind, p50 in front. Pointing at one or walking with the arrows tells its figures. */
export function MinuteChart({ minutes }: { minutes: readonly ProofMinute[] }) {
  const { t, i18n } = useTranslation("proof");
  const [chosen, setChosen] = useState<number | null>(null);
  const number = new Intl.NumberFormat(i18n.language);
  const top = niceTop(Math.max(0, ...minutes.map(({ p99_ms }) => p99_ms ?? 0)));
  const last = minutes.length - 1;
  const shown = chosen === null ? undefined : minutes[chosen];
  const sum = (key: "received" | "pushed") => minutes.reduce((total, minute) => total + minute[key], 0);
  const worst = (key: "p50_ms" | "p99_ms") => {
    const known = minutes.flatMap((minute) => minute[key] ?? []);
    return known.length === 0 ? null : Math.max(...known);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -last - 1, End: last + 1 };
    const step = steps[event.key];
    if (event.key === "Escape") setChosen(null);
    if (step === undefined) return;
    event.preventDefault();
    setChosen(Math.min(last, Math.max(0, (chosen ?? last + 1) + step)));
  };

  return (
    <div className={styles.chart}>
      <div className={styles.legend} aria-live={chosen === null ? "off" : "polite"}>
        <strong>{shown ? clockTime(shown.minute, i18n.language) : t("chart.now")}</strong>
        <span data-series="p50">
          {t("speed.p50")} <b>{formatMs(shown ? shown.p50_ms : worst("p50_ms"), i18n.language)}</b>
        </span>
        <span data-series="p99">
          {t("speed.p99")} <b>{formatMs(shown ? shown.p99_ms : worst("p99_ms"), i18n.language)}</b>
        </span>
        <span>
          {t("chart.received")} <b>{number.format(shown ? shown.received : sum("received"))}</b>
        </span>
        <span>
          {t("chart.pushed")} <b>{number.format(shown ? shown.pushed : sum("pushed"))}</b>
        </span>
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
          <i>{formatMs(top, i18n.language)}</i>
          <i>{formatMs(top / 2, i18n.language)}</i>
          <i />
        </span>
        <div className={styles.bars} aria-hidden="true">
          {minutes.map((minute, index) => (
            <span
              key={minute.minute}
              className={styles.minute}
              data-chosen={index === chosen ? true : undefined}
              onPointerEnter={() => setChosen(index)}
              onPointerDown={() => setChosen(index)}
            >
              <i data-series="p99" style={{ height: `${((minute.p99_ms ?? 0) / top) * 100}%` }} />
              <i data-series="p50" style={{ height: `${((minute.p50_ms ?? 0) / top) * 100}%` }} />
              {(last - index) % LABEL_EVERY === 0 && <small>{clockTime(minute.minute, i18n.language)}</small>}
            </span>
          ))}
        </div>
      </div>
      <table className="visually-hidden">
        <caption>{t("chart.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("chart.minute")}</th>
            <th scope="col">{t("speed.p50")}</th>
            <th scope="col">{t("speed.p99")}</th>
            <th scope="col">{t("chart.received")}</th>
            <th scope="col">{t("chart.pushed")}</th>
          </tr>
        </thead>
        <tbody>
          {minutes
            .filter(({ received, pushed }) => received + pushed > 0)
            .map((minute) => (
              <tr key={minute.minute}>
                <th scope="row">{clockTime(minute.minute, i18n.language)}</th>
                <td>{formatMs(minute.p50_ms, i18n.language)}</td>
                <td>{formatMs(minute.p99_ms, i18n.language)}</td>
                <td>{number.format(minute.received)}</td>
                <td>{number.format(minute.pushed)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
