import { useTranslation } from "react-i18next";
import { Notice } from "@/components/notice";
import { SettingsPage } from "@/components/settings-page";
import { PasskeysCard } from "@/features/settings/security/passkeys-card";
import { PasswordCard } from "@/features/settings/security/password-card";
import { SecondFactorCard } from "@/features/settings/security/second-factor-card";
import { useSession } from "@/lib/session";

export default function SecurityPage() {
  const { t } = useTranslation("settings");
  const { user, impersonated_by: impersonator } = useSession();
  return (
    <SettingsPage title={t("security.title")} lead={t("security.lead")}>
      {impersonator !== null && <Notice tone="warning">{t("impersonating", { name: user.name })}</Notice>}
      <PasswordCard />
      <SecondFactorCard />
      <PasskeysCard />
    </SettingsPage>
  );
}
