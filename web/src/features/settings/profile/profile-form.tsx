import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { SelectField, TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { SaveBar } from "@/components/save-bar";
import { SettingsCard } from "@/components/settings-page";
import { changeMe } from "@/features/settings/api";
import styles from "@/features/settings/profile/profile-page.module.css";
import { switchLanguage } from "@/lib/i18n/i18n";
import { changePreferences } from "@/lib/preferences";
import { updateSession, useSession } from "@/lib/session";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";

/** As PATCH /v1/me. */
const NAME_MAX = 120;

export function ProfileForm() {
  const { t, i18n } = useTranslation("settings");
  const { t: app } = useTranslation("app");
  const { user, role, role_name: roleName, impersonated_by: impersonator } = useSession();
  const problemText = useProblemText();
  const task = useTask();
  const spoken = i18n.language === "en" ? "en" : "pt-BR";
  const [name, setName] = useState(user.name);
  const [locale, setLocale] = useState<"pt-BR" | "en">(spoken);
  const isDirty = name.trim() !== user.name || locale !== spoken;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const saved = await task.run(async () => {
      const session = await changeMe({ name: name.trim(), locale });
      updateSession(() => session);
    });
    if (!saved) return;
    // What was chosen on this device gives way to what is now chosen for everywhere.
    changePreferences({ locale });
    await switchLanguage(locale);
    showToast(t("profile.saved"));
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <SettingsCard
        title={t("profile.aboutTitle")}
        foot={
          <SaveBar
            isDirty={isDirty}
            busy={task.busy}
            disabled={name.trim() === "" || impersonator !== null}
            onDiscard={() => {
              setName(user.name);
              setLocale(spoken);
            }}
          />
        }
      >
        {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
        <div className={styles.who}>
          <Avatar id={user.id} name={name} size={56} />
          <div>
            <TextField
              label={t("profile.name")}
              hint={t("profile.nameHint")}
              value={name}
              maxLength={NAME_MAX}
              autoComplete="name"
              error={name.trim() === "" ? t("profile.nameMissing") : null}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
        </div>
        <TextField label={t("profile.email")} hint={t("profile.emailHint")} value={user.email} readOnly />
        <div className={styles.pair}>
          <SelectField
            label={t("profile.language")}
            hint={t("profile.languageHint")}
            value={locale}
            options={[
              { value: "pt-BR", label: "Português (Brasil)" },
              { value: "en", label: "English" },
            ]}
            onChange={(event) => setLocale(event.target.value === "en" ? "en" : "pt-BR")}
          />
          <TextField label={t("profile.role")} value={roleName ?? app(`account.roles.${role}`)} readOnly />
        </div>
      </SettingsCard>
    </form>
  );
}
