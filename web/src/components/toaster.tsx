import { Check, Info, X } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/components/toaster.module.css";
import { dismissToast, toasts, type Toast } from "@/lib/toasts";
import { useStore } from "@/lib/store";

const SHOWN_MS = 5_000;

/** Short answers to what the person just did. Polite: it interrupts nobody and covers nothing that is being written. */
export function Toaster() {
  const shown = useStore(toasts, (value) => value);
  return (
    <div className={styles.toaster} role="status" aria-live="polite">
      {shown.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const { t } = useTranslation("app");
  useEffect(() => {
    const timer = setTimeout(() => dismissToast(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast.id]);
  const Icon = toast.tone === "done" ? Check : Info;
  return (
    <div className={styles.toast} data-tone={toast.tone}>
      <Icon size={17} aria-hidden="true" />
      <span>{toast.text}</span>
      <button type="button" aria-label={t("common.close")} onClick={() => dismissToast(toast.id)}>
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}
