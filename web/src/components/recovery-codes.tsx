import { Check, Copy, Download, Printer } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import styles from "@/components/recovery-codes.module.css";
import { useCopied } from "@/lib/use-copied";

/** The codes that open the account when the phone is gone: shown this once, to be kept elsewhere. */
export function RecoveryCodes({ codes, email }: { codes: readonly string[]; email: string }) {
  const { t } = useTranslation("forms");
  const { copied, copy } = useCopied();
  const text = [t("recovery.fileTitle", { email }), "", ...codes, "", t("recovery.fileNote")].join("\n");
  const download = () => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = t("recovery.fileName");
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <div className={styles.recovery}>
      <Notice tone="warning">{t("recovery.once")}</Notice>
      <ul className={styles.codes} aria-label={t("recovery.label")} data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        <Button icon={copied ? Check : Copy} onClick={() => void copy(codes.join("\n"))}>
          {t(copied ? "secret.copied" : "secret.copy")}
        </Button>
        <Button icon={Download} onClick={download}>
          {t("recovery.download")}
        </Button>
        <Button icon={Printer} onClick={() => window.print()}>
          {t("recovery.print")}
        </Button>
      </div>
    </div>
  );
}
