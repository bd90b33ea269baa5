import { LockKeyhole } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./unsupported-note.module.css";

/** Sealed words whose key the server does not have any more. The message is there; nobody can read it. */
export function UnreadableNote() {
  const { t } = useTranslation("messages");
  return (
    <div className={classes.note}>
      <LockKeyhole size={20} aria-hidden />
      <div>
        <strong>{t("unreadable.title")}</strong>
        <p>{t("unreadable.explanation")}</p>
      </div>
    </div>
  );
}
