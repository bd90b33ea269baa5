import { useTranslation } from "react-i18next";
import { SwitchField } from "@/components/field";
import { Notice } from "@/components/notice";
import { SettingsCard } from "@/components/settings-page";
import styles from "@/features/settings/privacy/privacy.module.css";
import { usePolicy } from "@/features/settings/privacy/use-policy";
import { showToast } from "@/lib/toasts";
import { useTask } from "@/lib/use-task";
import type { PrivacyPolicyView } from "@/lib/wire/openapi.gen";

/** A made-up number; masked as inbox/contacts/masking.py of the server does. */
const EXAMPLE = { whole: "+55 11 91234-5601", masked: "+55 11 9••••-••01" } as const;

/** Takes effect at once, on every screen. */
export function MaskingCard({ policy }: { policy: PrivacyPolicyView }) {
  const { t } = useTranslation("privacy");
  const { save, why } = usePolicy();
  const { busy, error, run } = useTask();
  const masks = policy.mask_phones ?? false;
  const change = (mask_phones: boolean) =>
    void run(async () => {
      await save(policy, { mask_phones });
      showToast(t(mask_phones ? "masking.on" : "masking.off"));
    });
  return (
    <SettingsCard title={t("masking.title")}>
      <SwitchField
        label={t("masking.label")}
        hint={t("masking.hint")}
        checked={masks}
        disabled={busy}
        onChange={change}
      />
      <p className={styles.example}>
        {t("masking.example")} <code>{masks ? EXAMPLE.masked : EXAMPLE.whole}</code>
      </p>
      {error !== null && <Notice tone="danger">{why(error)}</Notice>}
    </SettingsCard>
  );
}
