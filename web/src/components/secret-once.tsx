import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import styles from "@/components/secret-once.module.css";
import { useCopied } from "@/lib/use-copied";

interface SecretOnceProps {
  /** What it is: "API key". */
  label: string;
  secret: string;
  /** Says that it is shown this once. */
  warning?: string;
}

/** A secret that the server shows once: whole, in one line to copy. */
export function SecretOnce({ label, secret, warning }: SecretOnceProps) {
  const { t } = useTranslation("forms");
  const { copied, copy } = useCopied();
  return (
    <div className={styles.secret}>
      <Notice tone="warning">{warning ?? t("secret.once")}</Notice>
      <div className={styles.line}>
        <code aria-label={label} data-testid="secret" tabIndex={0}>
          {secret}
        </code>
        <Button icon={copied ? Check : Copy} onClick={() => void copy(secret)}>
          {t(copied ? "secret.copied" : "secret.copy")}
        </Button>
      </div>
    </div>
  );
}

/** Text to be taken along, with its copy button at the end: a link, a secret to type. */
export function CopyLine({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation("forms");
  const { copied, copy } = useCopied();
  return (
    <div className={styles.line}>
      <code aria-label={label} tabIndex={0}>
        {text}
      </code>
      <Button icon={copied ? Check : Copy} onClick={() => void copy(text.replaceAll(" ", ""))}>
        {t(copied ? "secret.copied" : "secret.copy")}
      </Button>
    </div>
  );
}
