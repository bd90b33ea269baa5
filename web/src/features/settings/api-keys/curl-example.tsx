import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import styles from "@/features/settings/api-keys/api-keys.module.css";
import { useCopied } from "@/lib/use-copied";

/** A call that works as it stands, from any shell. */
export function CurlExample({ apiKey }: { apiKey?: string }) {
  const { t } = useTranslation("apiKeys");
  const { t: app } = useTranslation("app");
  const { copied, copy } = useCopied();
  const command = [
    `curl "${location.origin}/api/v1/tickets?view=queue" \\`,
    `  -H "Authorization: Bearer ${apiKey ?? t("how.placeholder")}"`,
  ].join("\n");
  return (
    <div className={styles.code}>
      <pre tabIndex={0} aria-label={t("how.command")}>
        <code>{command}</code>
      </pre>
      <IconButton
        icon={copied ? Check : Copy}
        size={17}
        label={app(copied ? "common.copied" : "common.copy")}
        onClick={() => void copy(command)}
      />
    </div>
  );
}
