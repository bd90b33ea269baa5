import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { CopyLine, SecretOnce } from "@/components/secret-once";
import styles from "@/features/settings/numbers/numbers.module.css";
import type { ConnectedNumberView } from "@/lib/wire/openapi.gen";

interface ConnectedDialogProps {
  connected: ConnectedNumberView;
  onClose: () => void;
}

/** What has to be entered at Meta, this once. Only its button closes it: a stray press must not lose it. */
export function ConnectedDialog({ connected, onClose }: ConnectedDialogProps) {
  const { t } = useTranslation("numbers");
  const { number, webhook_path: path, verify_token: token } = connected;
  // The app is served from the installation's public address, and so are its webhooks.
  const address = new URL(path, window.location.origin).href;
  return (
    <Dialog
      title={t("done.title", { name: number.name })}
      lead={t("done.lead")}
      size={640}
      isHeld
      onClose={onClose}
    >
      <ol className={styles.steps}>
        <li>
          <p>{t("done.address")}</p>
          <CopyLine label={t("done.addressLabel")} text={address} />
        </li>
        <li>
          <p>{t("done.token")}</p>
          <SecretOnce label={t("done.tokenLabel")} secret={token} warning={t("done.warning")} />
        </li>
        <li>
          <p>{t("done.fields")}</p>
        </li>
      </ol>
      <footer className={styles.foot}>
        <Button variant="primary" onClick={onClose}>
          {t("done.close")}
        </Button>
      </footer>
    </Dialog>
  );
}
