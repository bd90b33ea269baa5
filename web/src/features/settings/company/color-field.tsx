import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import { TextField } from "@/components/field";
import styles from "@/features/settings/company/company.module.css";
import { contrastWithWhite, darkened, isReadable, normalHex } from "@/features/settings/company/brand";

/** Ready ones that can be read on both themes: petrol, forest, blue, indigo, plum, wine, brick, slate. */
const SWATCHES = [
  "#0b6a62",
  "#1f6f3a",
  "#1f5fa8",
  "#4a4fb0",
  "#7a4b9c",
  "#a3325c",
  "#a8452a",
  "#475569",
] as const;

interface ColorFieldProps {
  /** As typed; empty: none of one's own. */
  value: string;
  onChange: (value: string) => void;
}

export function ColorField({ value, onChange }: ColorFieldProps) {
  const { t } = useTranslation("company");
  const color = normalHex(value);
  return (
    <fieldset className={styles.color}>
      <legend>{t("color.title")}</legend>
      <div className={styles.swatches} role="group" aria-label={t("color.swatches")}>
        <button
          type="button"
          className={styles.noColor}
          aria-pressed={value.trim() === ""}
          onClick={() => onChange("")}
        >
          {t("color.none")}
        </button>
        {SWATCHES.map((swatch) => (
          <button
            key={swatch}
            type="button"
            className={styles.swatch}
            style={{ background: swatch }}
            aria-label={swatch}
            aria-pressed={color === swatch}
            onClick={() => onChange(swatch)}
          >
            {color === swatch && <Check size={17} strokeWidth={2.5} aria-hidden="true" />}
          </button>
        ))}
      </div>
      <div className={styles.colorRow}>
        <input
          type="color"
          aria-label={t("color.pick")}
          value={color ?? "#0b6a62"}
          onChange={(event) => onChange(event.target.value)}
        />
        <div className={styles.hex}>
          <TextField
            label={t("color.hex")}
            value={value}
            maxLength={7}
            placeholder="#0b6a62"
            spellCheck={false}
            autoComplete="off"
            error={value.trim() !== "" && color === null ? t("color.notHex") : null}
            onChange={(event) => onChange(event.target.value)}
          />
        </div>
        {color !== null && <ColorPreview color={color} />}
      </div>
      {color !== null && <ContrastHint color={color} onChange={onChange} />}
    </fieldset>
  );
}

function ColorPreview({ color }: { color: string }) {
  const { t } = useTranslation("company");
  return (
    <div className={styles.preview} style={{ "--brand": color }} aria-hidden="true">
      <span>{t("color.previewButton")}</span>
      <em>{t("color.previewLink")}</em>
    </div>
  );
}

/** White stands on it, and it stands on white: both need the same contrast. */
function ContrastHint({ color, onChange }: { color: string; onChange: (color: string) => void }) {
  const { t, i18n } = useTranslation("company");
  const ratio = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(
    contrastWithWhite(color),
  );
  if (isReadable(color))
    return (
      <p className={styles.contrast} role="status">
        {t("color.good", { ratio })}
      </p>
    );
  const better = darkened(color);
  return (
    <p className={styles.contrast} data-bad role="status">
      {t("color.bad", { ratio })}
      <button type="button" onClick={() => onChange(better)}>
        <i style={{ background: better }} aria-hidden="true" />
        {t("color.darken", { color: better })}
      </button>
    </p>
  );
}
