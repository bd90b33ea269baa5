import { Plus, X } from "lucide-react";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import styles from "@/features/settings/account-security/account-security.module.css";

/** What was typed, as it is kept, or what is wrong with it. */
export type Checked = { entry: string } | { error: string };

interface EntryListProps {
  /** Of the field for a new one. */
  label: string;
  hint: string;
  placeholder: string;
  entries: readonly string[];
  /** As many as the server takes. */
  limit: number;
  /** Said where there are none. */
  empty: string;
  check: (text: string) => Checked;
  isMine?: (entry: string) => boolean;
  /** Beside the field. */
  extra?: ReactNode;
  onChange: (entries: string[]) => void;
}

/** A list that is edited by adding and taking away; pasted lines are taken one by one. */
export function EntryList(props: EntryListProps) {
  const { label, hint, placeholder, entries, limit, empty, check, isMine, extra, onChange } = props;
  const { t } = useTranslation("accountSecurity");
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);

  const add = () => {
    const added: string[] = [];
    for (const piece of text.split(/[\s,;]+/).filter(Boolean)) {
      const checked = check(piece);
      const trouble =
        "error" in checked
          ? checked.error
          : [...entries, ...added].includes(checked.entry)
            ? t("list.twice")
            : entries.length + added.length >= limit
              ? t("list.full")
              : null;
      if (trouble !== null) {
        setError(trouble);
        return;
      }
      if ("entry" in checked) added.push(checked.entry);
    }
    if (added.length === 0) return;
    onChange([...entries, ...added]);
    setText("");
    setError(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    // The form around is saved with its own button.
    event.preventDefault();
    add();
  };

  return (
    <>
      {entries.length === 0 ? (
        <p className={styles.empty}>{empty}</p>
      ) : (
        <ul className={styles.entries}>
          {entries.map((entry) => (
            <li key={entry}>
              <code>{entry}</code>
              {isMine?.(entry) === true && <Badge tone="accent">{t("list.you")}</Badge>}
              <button
                type="button"
                aria-label={t("list.remove", { entry })}
                title={t("list.remove", { entry })}
                onClick={() => onChange(entries.filter((other) => other !== entry))}
              >
                <X size={15} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.adding}>
        <TextField
          label={label}
          hint={hint}
          error={error}
          placeholder={placeholder}
          value={text}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setText(event.target.value);
            setError(null);
          }}
        />
        <Button icon={Plus} disabled={text.trim() === ""} onClick={add}>
          {t("list.add")}
        </Button>
      </div>
      {extra}
    </>
  );
}
