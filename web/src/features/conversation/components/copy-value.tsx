import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/features/conversation/components/context-panel.module.css";
import { showToast } from "@/lib/toasts";

export function CopyValue({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation("app");
  const copy = () => {
    void navigator.clipboard.writeText(value).then(() => showToast(t("common.copied")));
  };
  return (
    <span className={styles.copy}>
      {value}
      <button type="button" aria-label={label} title={label} onClick={copy}>
        <Copy size={14} aria-hidden="true" />
      </button>
    </span>
  );
}
