import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { RecoveryCodes } from "@/components/recovery-codes";
import styles from "@/features/settings/security/security.module.css";
import { useSession } from "@/lib/session";

export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const { user } = useSession();
  return (
    <Dialog title={t("security.codesDialog")} onClose={onClose}>
      <RecoveryCodes codes={codes} email={user.email} />
      <footer className={styles.foot}>
        <Button variant="primary" onClick={onClose}>
          {t("security.codesDone")}
        </Button>
      </footer>
    </Dialog>
  );
}
