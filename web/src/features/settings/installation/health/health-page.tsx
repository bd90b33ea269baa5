import { useTranslation } from "react-i18next";
import { SettingsPage } from "@/components/settings-page";
import { LogCard } from "@/features/settings/installation/health/log-card";
import { MailCard } from "@/features/settings/installation/health/mail-card";

/** Whether the installation itself is well: does the mail go out, what do its processes complain about. */
export default function HealthPage() {
  const { t } = useTranslation("settings");
  return (
    <SettingsPage
      title={t("nav.installation-health.title")}
      lead={t("nav.installation-health.body")}
      width="table"
    >
      <MailCard />
      <LogCard />
    </SettingsPage>
  );
}
