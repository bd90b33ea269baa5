import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Field, SelectField, TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { SaveBar } from "@/components/save-bar";
import { SettingsCard } from "@/components/settings-page";
import { changeAccount } from "@/features/settings/company/api";
import { isReadable, normalHex } from "@/features/settings/company/brand";
import { ColorField } from "@/features/settings/company/color-field";
import styles from "@/features/settings/company/company.module.css";
import type { SaveAccount } from "@/features/settings/company/use-account";
import { timeIn, zoneGroups, zoneLabel } from "@/lib/time/zones";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { AccountView } from "@/lib/wire/openapi.gen";

/** As PATCH /v1/account. */
const NAME_MAX = 80;

export function AboutForm({ account, save }: { account: AccountView; save: SaveAccount }) {
  const { t } = useTranslation("company");
  const problemText = useProblemText();
  const task = useTask();
  const [name, setName] = useState(account.name);
  const [locale, setLocale] = useState(account.locale === "en" ? "en" : "pt-BR");
  const [zone, setZone] = useState(account.time_zone);
  const [color, setColor] = useState(account.brand_color ?? "");

  const typedColor = color.trim() === "" ? null : normalHex(color);
  const isColorRight = color.trim() === "" || (typedColor !== null && isReadable(typedColor));
  const changes = {
    ...(name.trim() !== account.name && { name: name.trim() }),
    ...(locale !== account.locale && { locale: locale === "en" ? ("en" as const) : ("pt-BR" as const) }),
    ...(zone !== account.time_zone && { time_zone: zone }),
    ...(typedColor !== account.brand_color && { brand_color: typedColor }),
  };
  const isDirty = Object.keys(changes).length > 0 || !isColorRight;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await task.run(() => save(() => changeAccount({ version: account.version, ...changes })));
    if (done) showToast(t("saved"));
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <SettingsCard
        title={t("about.title")}
        foot={
          <SaveBar
            isDirty={isDirty}
            busy={task.busy}
            disabled={name.trim() === "" || !isColorRight}
            onDiscard={() => {
              setName(account.name);
              setLocale(account.locale === "en" ? "en" : "pt-BR");
              setZone(account.time_zone);
              setColor(account.brand_color ?? "");
              task.clear();
            }}
          />
        }
      >
        {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
        <TextField
          label={t("about.name")}
          value={name}
          maxLength={NAME_MAX}
          autoComplete="organization"
          error={name.trim() === "" ? t("about.nameMissing") : null}
          onChange={(event) => setName(event.target.value)}
        />
        <div className={styles.pair}>
          <ZoneField value={zone} onChange={setZone} />
          <SelectField
            label={t("about.language")}
            hint={t("about.languageHint")}
            value={locale}
            options={[
              { value: "pt-BR", label: "Português (Brasil)" },
              { value: "en", label: "English" },
            ]}
            onChange={(event) => setLocale(event.target.value)}
          />
        </div>
        <ColorField value={color} onChange={setColor} />
      </SettingsCard>
    </form>
  );
}

function ZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const { t, i18n } = useTranslation("company");
  const [{ brazil, world }] = useState(() => zoneGroups(value));
  const options = (zones: readonly string[]) =>
    zones.map((zone) => (
      <option key={zone} value={zone}>
        {zoneLabel(zone)}
      </option>
    ));
  return (
    <Field
      label={t("about.timeZone")}
      hint={t("about.timeZoneHint", { time: timeIn(value, i18n.language, new Date()) })}
    >
      {(control) => (
        <select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
          <optgroup label={t("about.brazil")}>{options(brazil)}</optgroup>
          <optgroup label={t("about.world")}>{options(world)}</optgroup>
        </select>
      )}
    </Field>
  );
}
