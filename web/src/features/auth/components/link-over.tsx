import { Unlink } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";

/** A link that was used, replaced, or is too old. */
export function LinkOver({ lead, action }: { lead: string; action: ReactNode }) {
  const { t } = useTranslation("auth");
  return (
    <Step
      takesFocus
      title={t("linkOver.title")}
      lead={lead}
      mark={
        <span className={styles.mark}>
          <Unlink size={24} strokeWidth={1.7} aria-hidden="true" />
        </span>
      }
    >
      {action}
    </Step>
  );
}
