import { ChevronDown } from "lucide-react";
import { createElement, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import styles from "@/features/settings/audit/audit.module.css";
import { EntryDetails } from "@/features/settings/audit/components/entry-details";
import { iconOf, toneOf } from "@/features/settings/audit/model/tone";
import { useSentence } from "@/features/settings/audit/use-sentence";
import { clockTime, fullTime } from "@/lib/time/format";
import type { AuditEntryView } from "@/lib/wire/openapi.gen";

interface AuditRowProps {
  entry: AuditEntryView;
  onFilter: (change: Record<string, string>) => void;
}

/** An entry as a sentence; pressed, all that is known of it. */
export function AuditRow({ entry, onFilter }: AuditRowProps) {
  const { t, i18n } = useTranslation("audit");
  const sentence = useSentence()(entry);
  const [opened, setOpened] = useState(false);
  const id = useId();
  const notes = [sentence.reason === null ? null : t("reason", { reason: sentence.reason }), entry.ip];
  return (
    <li className={styles.entry} data-tone={toneOf(entry.action)} data-action={entry.action}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened(!opened)}
      >
        <span className={styles.icon}>
          {createElement(iconOf(entry.action), { size: 17, strokeWidth: 1.8, "aria-hidden": true })}
        </span>
        <span className={styles.words}>
          <span>
            <strong>{sentence.who}</strong>
            {entry.who.kind === "api_key" && <Badge>{t("who.apiKey")}</Badge>}
            {sentence.insteadOf !== null && (
              <>
                {" "}
                {t("who.instead")} <strong>{sentence.insteadOf}</strong>
              </>
            )}{" "}
            {sentence.before}
            {sentence.target !== "" && <strong>{sentence.target}</strong>}
            {sentence.after}
            {sentence.where !== null && ` ${sentence.where}`}
          </span>
          {notes.some(Boolean) && <small>{notes.filter(Boolean).join(" · ")}</small>}
        </span>
        <time dateTime={entry.at} title={fullTime(entry.at, i18n.language)}>
          {clockTime(entry.at, i18n.language)}
        </time>
        <ChevronDown className={styles.chevron} size={16} aria-hidden="true" />
      </button>
      <div id={id} hidden={!opened}>
        {opened && <EntryDetails entry={entry} onFilter={onFilter} />}
      </div>
    </li>
  );
}
