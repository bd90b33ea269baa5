import { Search, X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import styles from "@/features/settings/components/filter-bar.module.css";

/** Somebody types some letters a second; each request searches a whole table. */
const PAUSE_MS = 300;
/** As the server allows. */
const SEARCH_MAX = 100;

interface FilterBarProps {
  /** What the bar narrows, for whoever does not see it. */
  label?: string;
  children: ReactNode;
}

/** The bar above a list: a search, and whatever else narrows it. */
export function FilterBar({ label, children }: FilterBarProps) {
  return (
    <div className={styles.bar} role="search" aria-label={label}>
      {children}
    </div>
  );
}

interface FilterSearchProps {
  label: string;
  placeholder: string;
  value: string;
  onSearch: (text: string) => void;
  /** 0 for a list that is here already. */
  pauseMs?: number;
  maxLength?: number;
}

/** A search that waits for the typing to pause, and never takes back what was typed meanwhile. */
export function FilterSearch({
  label,
  placeholder,
  value,
  onSearch,
  pauseMs = PAUSE_MS,
  maxLength = SEARCH_MAX,
}: FilterSearchProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [asked, setAsked] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (seen !== value) {
    setSeen(value);
    // The address changed by other means: a filter was cleared, or the way back was taken.
    if (value !== asked) {
      setAsked(value);
      setText(value);
    }
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (typed: string) => {
    setAsked(typed.trim());
    onSearch(typed.trim());
  };
  return (
    <label className={styles.search}>
      <Search size={17} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        maxLength={maxLength}
        value={text}
        onChange={(event) => {
          const typed = event.target.value;
          setText(typed);
          clearTimeout(timer.current);
          if (pauseMs === 0) ask(typed);
          else timer.current = setTimeout(() => ask(typed), pauseMs);
        }}
      />
    </label>
  );
}

export interface FilterOption {
  value: string;
  label: string;
}

interface FilterSelectProps {
  label: string;
  value: string;
  options: readonly FilterOption[];
  onChange: (value: string) => void;
}

export function FilterSelect({ label, value, options, onChange }: FilterSelectProps) {
  return (
    <select
      className={styles.select}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

interface FilterDayProps {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onChange: (day: string) => void;
}

export function FilterDay({ label, value, min = "", max = "", onChange }: FilterDayProps) {
  return (
    <label className={styles.day}>
      <span>{label}</span>
      <input
        type="date"
        value={value}
        min={min || undefined}
        max={max || undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

interface FilterChipProps {
  /** What pressing does. */
  label: string;
  onDrop: () => void;
  children: ReactNode;
}

/** A narrowing that no field of the bar shows; pressed, it goes. */
export function FilterChip({ label, onDrop, children }: FilterChipProps) {
  return (
    <button type="button" className={styles.chip} aria-label={label} onClick={onDrop}>
      {children}
      <X size={14} aria-hidden="true" />
    </button>
  );
}
