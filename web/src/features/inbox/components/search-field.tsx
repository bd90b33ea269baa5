import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/features/inbox/components/search-field.module.css";

/** The server is asked once the person pauses. */
const PAUSE_MS = 250;

export function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("app");
  const [text, setText] = useState(value);
  const told = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The URL may change from elsewhere (back button, cleared filters).
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);

  useEffect(() => () => clearTimeout(timer.current), []);

  const tell = (next: string) => {
    told.current = next.trim();
    onChange(next.trim());
  };

  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => tell(next), next === "" ? 0 : PAUSE_MS);
  };

  return (
    <div className={styles.field} role="search">
      <Search size={16} aria-hidden="true" />
      <input
        type="search"
        value={text}
        placeholder={t("list.searchPlaceholder")}
        aria-label={t("common.search")}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && text !== "") {
            event.stopPropagation();
            change("");
          }
        }}
      />
      {text !== "" && (
        <button type="button" aria-label={t("common.clear")} onClick={() => change("")}>
          <X size={15} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
