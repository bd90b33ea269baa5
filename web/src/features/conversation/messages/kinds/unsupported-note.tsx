import { PackageOpen } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./unsupported-note.module.css";

const NAMED_TYPES = [
  "poll_creation", "poll_update", "gif", "view_once", "event", "group_invite", "payment", "live_location", "pin",
  "keep_in_chat", "list", "product", "call", "edit", "revoke",
] as const;

interface UnsupportedNoteProps {
  originalType: string;
  details: string | null;
}

/** Something that WhatsApp does not hand over, or that we do not know yet. It is named, and nothing is thrown away. */
export function UnsupportedNote({ originalType, details }: UnsupportedNoteProps) {
  const { t } = useTranslation("messages");
  const named = NAMED_TYPES.find((type) => type === originalType);
  return (
    <div className={classes.note}>
      <PackageOpen size={20} aria-hidden />
      <div>
        <strong>{named === undefined ? t("unsupported.title") : t(`unsupported.types.${named}`)}</strong>
        <p>{t("unsupported.explanation")}</p>
        <p className={classes.facts}>
          {t("unsupported.type")} <code>{originalType}</code>
          {details !== null && ` · ${details}`}
        </p>
      </div>
    </div>
  );
}
