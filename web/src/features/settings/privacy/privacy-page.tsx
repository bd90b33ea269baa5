import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ExportList } from "@/components/export-list";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { privacyPolicyQuery } from "@/features/settings/privacy/api";
import { EncryptionCard } from "@/features/settings/privacy/components/encryption-card";
import { ErasuresCard } from "@/features/settings/privacy/components/erasures-card";
import { MaskingCard } from "@/features/settings/privacy/components/masking-card";
import { RetentionForm } from "@/features/settings/privacy/components/retention-form";
import styles from "@/features/settings/privacy/privacy.module.css";
import { exportsOf, exportsQuery } from "@/lib/api/exports";

export default function PrivacyPage() {
  const { t } = useTranslation("privacy");
  const query = useQuery(privacyPolicyQuery);
  return (
    <SettingsPage title={t("title")} lead={t("lead")}>
      <Loaded query={query}>
        {(policy) => (
          <>
            <MaskingCard policy={policy} />
            <EncryptionCard policy={policy} />
            <RetentionForm key={policy.version} policy={policy} />
          </>
        )}
      </Loaded>
      <ErasuresCard />
      <ContactExports />
    </SettingsPage>
  );
}

function ContactExports() {
  const { t } = useTranslation("privacy");
  const query = useQuery(exportsQuery);
  return (
    <SettingsCard flush title={t("exports.title")} lead={t("exports.lead")}>
      <Loaded query={query}>
        {(all) => {
          const items = exportsOf(all, "contact");
          return items.length === 0 ? (
            <p className={styles.none}>{t("exports.empty")}</p>
          ) : (
            <ExportList items={items} />
          );
        }}
      </Loaded>
    </SettingsCard>
  );
}
