import { useTranslation } from "react-i18next";
import { MOD_KEY } from "@/components/kbd";
import { SwitchField } from "@/components/field";
import { Segmented } from "@/components/segmented";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import styles from "@/features/settings/profile/profile-page.module.css";
import { ProfileForm } from "@/features/settings/profile/profile-form";
import { changePreferences, usePreference } from "@/lib/preferences";

export default function ProfilePage() {
  const { t } = useTranslation("settings");
  return (
    <SettingsPage title={t("profile.title")} lead={t("profile.lead")}>
      <ProfileForm />
      <LooksCard />
    </SettingsPage>
  );
}

/** Takes effect at once and stays on this device. */
function LooksCard() {
  const { t } = useTranslation("settings");
  const { t: app } = useTranslation("app");
  const theme = usePreference("theme");
  const density = usePreference("density");
  const sendWith = usePreference("sendWith");
  const sound = usePreference("sound");
  return (
    <SettingsCard title={t("profile.lookTitle")} lead={t("profile.lookLead")}>
      <div className={styles.looks}>
        <Segmented
          label={t("profile.theme")}
          value={theme}
          onChange={(value) => changePreferences({ theme: value })}
          options={(["light", "dark", "auto"] as const).map((value) => ({
            value,
            label: app(`account.${value}`),
          }))}
        />
        <Segmented
          label={t("profile.density")}
          value={density}
          onChange={(value) => changePreferences({ density: value })}
          options={(["comfortable", "compact"] as const).map((value) => ({
            value,
            label: app(`account.${value}`),
          }))}
        />
        <Segmented
          label={t("profile.sendWith")}
          value={sendWith}
          onChange={(value) => changePreferences({ sendWith: value })}
          options={[
            { value: "enter", label: app("account.enter") },
            { value: "mod-enter", label: `${MOD_KEY}+Enter` },
          ]}
        />
      </div>
      <SwitchField
        label={t("profile.sound")}
        hint={t("profile.soundHint")}
        checked={sound}
        onChange={(value) => changePreferences({ sound: value })}
      />
    </SettingsCard>
  );
}
