import { useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/components/loaded";
import { SettingsPage } from "@/components/settings-page";
import styles from "@/features/settings/account-security/account-security.module.css";
import { securityPolicyQuery } from "@/features/settings/account-security/api";
import { PolicyForm } from "@/features/settings/account-security/policy-form";

export default function AccountSecurityPage() {
  const { t } = useTranslation("accountSecurity");
  const query = useQuery(securityPolicyQuery);
  const address = query.data?.your_address;
  return (
    <SettingsPage
      title={t("title")}
      lead={t("lead")}
      actions={
        query.data && (
          <p className={styles.address}>
            <Globe size={16} aria-hidden="true" />
            {t("address.label")}
            <code>{address ?? t("address.unknown")}</code>
          </p>
        )
      }
    >
      <Loaded query={query}>{(view) => <PolicyForm key={view.version} view={view} />}</Loaded>
    </SettingsPage>
  );
}
