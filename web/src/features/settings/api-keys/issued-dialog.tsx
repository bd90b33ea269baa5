import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { SecretOnce } from "@/components/secret-once";
import styles from "@/features/settings/api-keys/api-keys.module.css";
import { CurlExample } from "@/features/settings/api-keys/curl-example";
import { fullTime } from "@/lib/time/format";
import type { IssuedApiKey } from "@/lib/wire/openapi.gen";

interface IssuedDialogProps {
  issued: IssuedApiKey;
  onClose: () => void;
}

/** The key, this once. Only its button closes it: a stray press must not lose what cannot be had again. */
export function IssuedDialog({ issued: { api_key: apiKey, key }, onClose }: IssuedDialogProps) {
  const { t, i18n } = useTranslation("apiKeys");
  const isRotated = apiKey.rotated_at !== null;
  const before = () =>
    apiKey.previous_expires_at === null
      ? t("issued.ended")
      : t("issued.overlap", { when: fullTime(apiKey.previous_expires_at, i18n.language) });
  return (
    <Dialog
      title={isRotated ? t("issued.rotatedTitle", { name: apiKey.name }) : t("issued.title")}
      lead={isRotated && before()}
      size={620}
      isHeld
      onClose={onClose}
    >
      <SecretOnce label={t("issued.label")} secret={key} warning={t("issued.warning")} />
      <h3 className={styles.try}>{t("issued.try")}</h3>
      <CurlExample apiKey={key} />
      <footer className={styles.foot}>
        <Button variant="primary" onClick={onClose}>
          {t("issued.done")}
        </Button>
      </footer>
    </Dialog>
  );
}
