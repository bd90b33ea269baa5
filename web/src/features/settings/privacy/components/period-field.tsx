import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/features/settings/privacy/privacy.module.css";
import { MOST_DAYS } from "@/features/settings/privacy/model/retention";

interface PeriodFieldProps {
  /** What is kept for so long: its name for whoever does not see the row. */
  what: string;
  days: number | null;
  least: number;
  onChange: (days: number | null) => void;
}

const PRESETS: readonly number[] = [30, 90, 180, 365, 730, 1825];
const YEAR = 365;
const FOREVER = "forever";
const CUSTOM = "custom";

/** A period that people choose, or any other in days. */
export function PeriodField({ what, days, least, onChange }: PeriodFieldProps) {
  const { t } = useTranslation("privacy");
  const [isCustom, setIsCustom] = useState(days !== null && !PRESETS.includes(days));
  const [text, setText] = useState(days === null ? "" : String(days));
  const chosen = isCustom ? CUSTOM : days === null ? FOREVER : String(days);
  const isWrong = isCustom && (days === null || !Number.isInteger(days) || days < least || days > MOST_DAYS);
  const choose = (value: string) => {
    setIsCustom(value === CUSTOM);
    const next = value === FOREVER ? null : value === CUSTOM ? (days ?? PRESETS[1] ?? least) : Number(value);
    setText(next === null ? "" : String(next));
    onChange(next);
  };
  return (
    <div className={styles.period}>
      <select
        aria-label={t("retention.period", { what })}
        value={chosen}
        onChange={(event) => choose(event.target.value)}
      >
        <option value={FOREVER}>{t("retention.forever")}</option>
        {PRESETS.filter((preset) => preset >= least).map((preset) => (
          <option key={preset} value={preset}>
            {preset % YEAR === 0
              ? t("retention.years", { count: preset / YEAR })
              : t("retention.days", { count: preset })}
          </option>
        ))}
        <option value={CUSTOM}>{t("retention.custom")}</option>
      </select>
      {isCustom && (
        <span className={styles.days}>
          <input
            type="number"
            inputMode="numeric"
            aria-label={t("retention.customLabel", { what })}
            aria-invalid={isWrong || undefined}
            min={least}
            max={MOST_DAYS}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              // Nothing typed is no period; forever is chosen, never slipped into.
              onChange(event.target.value === "" ? 0 : Number(event.target.value));
            }}
          />
          {t("retention.customDays")}
        </span>
      )}
      {isWrong && <small className={styles.wrong}>{t("retention.range", { min: least })}</small>}
    </div>
  );
}
