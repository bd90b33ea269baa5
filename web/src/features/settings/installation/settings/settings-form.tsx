import { useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { CheckField, SelectField, TextField, TextareaField } from "@/components/field";
import { Notice } from "@/components/notice";
import { SaveBar } from "@/components/save-bar";
import { Segmented } from "@/components/segmented";
import { SettingsCard } from "@/components/settings-page";
import { installationKeys, putSettings } from "@/features/settings/installation/api";
import styles from "@/features/settings/installation/installation.module.css";
import {
  PASSWORD_LENGTH,
  SESSION_DAYS,
  draftOf,
  settingsOf,
  wrongIn,
  type SettingsDraft,
} from "@/features/settings/installation/settings/settings-draft";
import { usePlanOptions } from "@/features/settings/installation/use-plan-options";
import { productQuery } from "@/lib/api/queries";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { InstallationSettings } from "@/lib/wire/openapi.gen";

/** As the server. */
const NAME_MAX = 40;
const SUPPORT_MAX = 200;
const BANNER_MAX = 300;

export function SettingsForm({ settings }: { settings: InstallationSettings }) {
  const { t } = useTranslation("installation");
  const cache = useQueryClient();
  const problemText = useProblemText();
  const task = useTask();
  const saved = draftOf(settings);
  const [draft, setDraft] = useState(saved);
  const isDirty = JSON.stringify(draft) !== JSON.stringify(saved);
  const wrong = wrongIn(draft);
  const set = (change: Partial<SettingsDraft>) => setDraft((before) => ({ ...before, ...change }));

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await task.run(async () => {
      const next = await putSettings(settingsOf(draft, settings));
      cache.setQueryData(installationKeys.settings, next);
      setDraft(draftOf(next));
      // The banner on this screen, too.
      await cache.invalidateQueries({ queryKey: productQuery.queryKey });
    });
    if (done) showToast(t("settings.saved"));
  };

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
      <SettingsCard title={t("settings.productTitle")}>
        <TextField
          label={t("settings.productName")}
          value={draft.productName}
          maxLength={NAME_MAX}
          error={wrong.has("productName") ? t("settings.productNameMissing") : null}
          onChange={(event) => set({ productName: event.target.value })}
        />
        <TextField
          label={t("settings.support")}
          hint={t("settings.supportHint")}
          optional
          value={draft.support}
          maxLength={SUPPORT_MAX}
          onChange={(event) => set({ support: event.target.value })}
        />
      </SettingsCard>
      <SettingsCard title={t("settings.bannerTitle")} lead={t("settings.bannerLead")}>
        <CheckField
          label={t("settings.bannerOn")}
          checked={draft.hasBanner}
          onChange={(event) => set({ hasBanner: event.target.checked })}
        />
        {draft.hasBanner && (
          <BannerFields draft={draft} isWrong={wrong.has("bannerText") && isDirty} onChange={set} />
        )}
      </SettingsCard>
      <SettingsCard
        title={t("settings.accountsTitle")}
        foot={
          <SaveBar
            isDirty={isDirty}
            busy={task.busy}
            disabled={wrong.size > 0}
            onDiscard={() => {
              setDraft(saved);
              task.clear();
            }}
          />
        }
      >
        <AccessFields draft={draft} wrong={wrong} onChange={set} />
      </SettingsCard>
    </form>
  );
}

interface FieldsProps {
  draft: SettingsDraft;
  onChange: (change: Partial<SettingsDraft>) => void;
}

function BannerFields({ draft, isWrong, onChange }: FieldsProps & { isWrong: boolean }) {
  const { t } = useTranslation("installation");
  return (
    <>
      <TextareaField
        label={t("settings.bannerText")}
        rows={2}
        value={draft.bannerText}
        maxLength={BANNER_MAX}
        error={isWrong ? t("settings.bannerMissing") : null}
        onChange={(event) => onChange({ bannerText: event.target.value })}
      />
      <Segmented
        label={t("settings.bannerLevel")}
        value={draft.bannerLevel}
        onChange={(bannerLevel) => onChange({ bannerLevel })}
        options={(["info", "warning", "danger"] as const).map((value) => ({
          value,
          label: t(`settings.bannerLevels.${value}`),
        }))}
      />
      {draft.bannerText.trim() !== "" && (
        <div
          className={styles.preview}
          data-tone={draft.bannerLevel}
          role="img"
          aria-label={t("settings.bannerPreview")}
        >
          {draft.bannerText}
        </div>
      )}
    </>
  );
}

function AccessFields({ draft, wrong, onChange }: FieldsProps & { wrong: Set<keyof SettingsDraft> }) {
  const { t } = useTranslation("installation");
  const plans = usePlanOptions(draft.plan);
  return (
    <>
      <SelectField
        label={t("settings.defaultPlan")}
        value={draft.plan}
        options={plans}
        onChange={(event) => onChange({ plan: event.target.value })}
      />
      <div className={styles.pair}>
        <TextField
          type="number"
          inputMode="numeric"
          label={t("settings.sessionDays")}
          hint={t("settings.sessionDaysHint")}
          min={SESSION_DAYS[0]}
          max={SESSION_DAYS[1]}
          value={draft.sessionDays}
          error={wrong.has("sessionDays") ? t("settings.sessionDaysWrong") : null}
          onChange={(event) => onChange({ sessionDays: event.target.value })}
        />
        <TextField
          type="number"
          inputMode="numeric"
          label={t("settings.passwordMinimum")}
          hint={t("settings.passwordMinimumHint")}
          min={PASSWORD_LENGTH[0]}
          max={PASSWORD_LENGTH[1]}
          value={draft.passwordMinimum}
          error={wrong.has("passwordMinimum") ? t("settings.passwordMinimumWrong") : null}
          onChange={(event) => onChange({ passwordMinimum: event.target.value })}
        />
      </div>
    </>
  );
}
