import { BookOpen } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SettingsCard } from "@/components/settings-page";
import styles from "@/features/settings/api-keys/api-keys.module.css";
import { CurlExample } from "@/features/settings/api-keys/curl-example";

export function HowToCall() {
  const { t } = useTranslation("apiKeys");
  return (
    <SettingsCard
      title={t("how.title")}
      lead={t("how.lead")}
      aside={
        <a className={styles.docs} href="/api/docs" target="_blank" rel="noreferrer">
          <BookOpen size={16} aria-hidden="true" />
          {t("how.docs")}
        </a>
      }
    >
      <CurlExample />
      <p className={styles.note}>{t("how.secret")}</p>
    </SettingsCard>
  );
}
