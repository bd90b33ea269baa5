import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/components/save-bar.module.css";

interface SaveBarProps {
  isDirty: boolean;
  busy: boolean;
  disabled?: boolean;
  onDiscard: () => void;
}

/** The end of a form that is saved as a whole: says when something waits, offers to save it or to let it go. */
export function SaveBar({ isDirty, busy, disabled = false, onDiscard }: SaveBarProps) {
  const { t } = useTranslation("forms");
  const { t: app } = useTranslation("app");
  return (
    <>
      <span className={styles.state} role="status">
        {isDirty ? t("unsaved") : ""}
      </span>
      {isDirty && (
        <Button variant="quiet" disabled={busy} onClick={onDiscard}>
          {t("discard")}
        </Button>
      )}
      <Button type="submit" variant="primary" busy={busy} disabled={!isDirty || disabled}>
        {app("common.save")}
      </Button>
    </>
  );
}
