import { Search } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/features/settings/installation/installation.module.css";

/** Somebody types some letters a second; each request searches a whole table. */
const PAUSE_MS = 300;
/** As the server allows. */
const SEARCH_MAX = 100;

interface ListFiltersProps {
  q: string;
  hint: string;
  onSearch: (q: string) => void;
  /** Selects, and what else narrows the list. */
  children?: ReactNode;
}

/** The bar above a list: a search that waits for the typing to pause, and whatever else narrows it. */
export function ListFilters({ q, hint, onSearch, children }: ListFiltersProps) {
  const { t } = useTranslation("installation");
  const [text, setText] = useState(q);
  const [given, setGiven] = useState(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed by other means: a filter was cleared.
  if (given !== q) {
    setGiven(q);
    setText(q);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <div className={styles.filters} role="search">
      <label className={styles.search}>
        <Search size={17} aria-hidden="true" />
        <input
          type="search"
          aria-label={t("search")}
          placeholder={hint}
          maxLength={SEARCH_MAX}
          value={text}
          onChange={(event) => {
            const typed = event.target.value;
            setText(typed);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => onSearch(typed.trim()), PAUSE_MS);
          }}
        />
      </label>
      {children}
    </div>
  );
}
