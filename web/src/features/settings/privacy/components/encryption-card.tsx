import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { SwitchField } from "@/components/field";
import { Notice } from "@/components/notice";
import { SettingsCard } from "@/components/settings-page";
import styles from "@/features/settings/privacy/privacy.module.css";
import { usePolicy } from "@/features/settings/privacy/use-policy";
import { showToast } from "@/lib/toasts";
import { useTask } from "@/lib/use-task";
import type { ContentSealing, PrivacyPolicyView } from "@/lib/wire/openapi.gen";

const FACTS = ["covered", "open", "search", "keys"] as const;

/** Asks before it begins: whoever loses the keys loses the words. */
export function EncryptionCard({ policy }: { policy: PrivacyPolicyView }) {
  const { t } = useTranslation("privacy");
  const { save, why } = usePolicy();
  const { busy, error, run } = useTask();
  const [asking, setAsking] = useState(false);
  const turnOff = () =>
    void run(async () => {
      await save(policy, { encrypt_content: false });
      showToast(t("encryption.off"));
    });
  return (
    <SettingsCard title={t("encryption.title")}>
      <SwitchField
        label={t("encryption.label")}
        hint={t("encryption.hint")}
        checked={policy.encrypt_content ?? false}
        disabled={busy}
        onChange={(on) => (on ? setAsking(true) : turnOff())}
      />
      <SealingState sealing={policy.content_sealing} />
      {error !== null && <Notice tone="danger">{why(error)}</Notice>}
      {asking && (
        <FormDialog
          title={t("encryption.confirmTitle")}
          submit={t("encryption.confirm")}
          onClose={() => setAsking(false)}
          onSubmit={async () => {
            await save(policy, { encrypt_content: true });
            showToast(t("encryption.on"));
          }}
        >
          <Facts />
        </FormDialog>
      )}
    </SettingsCard>
  );
}

function SealingState({ sealing }: { sealing: ContentSealing }) {
  const { t } = useTranslation("privacy");
  if (sealing.state === "off" && !sealing.holds_sealed) return null;
  return (
    <p className={styles.example} role="status">
      {t(`encryption.states.${sealing.state}`, { count: sealing.sealed_rows })}
    </p>
  );
}

function Facts() {
  const { t } = useTranslation("privacy");
  return (
    <ul className={styles.facts}>
      {FACTS.map((fact) => (
        <li key={fact}>{t(`encryption.facts.${fact}`)}</li>
      ))}
    </ul>
  );
}
