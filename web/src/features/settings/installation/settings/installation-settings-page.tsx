import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/components/loaded";
import { SettingsPage } from "@/components/settings-page";
import { settingsQuery } from "@/features/settings/installation/api";
import { SettingsForm } from "@/features/settings/installation/settings/settings-form";

export default function InstallationSettingsPage() {
  const { t } = useTranslation("installation");
  const query = useQuery(settingsQuery);
  return (
    <SettingsPage title={t("settings.title")} lead={t("settings.lead")}>
      <Loaded query={query}>{(settings) => <SettingsForm settings={settings} />}</Loaded>
    </SettingsPage>
  );
}
