import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/features/settings/audit/audit.module.css";
import {
  NO_FILTER,
  SEARCH_MAX_LENGTH,
  isFiltered,
  type AuditFilter,
} from "@/features/settings/audit/model/filter";
import type { AuditWords } from "@/features/settings/audit/locale/pt-BR";
import { membersQuery } from "@/lib/api/queries";
import { useSession } from "@/lib/session";

interface AuditFiltersProps {
  filter: AuditFilter;
  onChange: (change: Record<string, string>) => void;
}

type Kind = keyof AuditWords["kinds"];
const KINDS: readonly Kind[] = [
  "session",
  "sign_in",
  "password",
  "second_factor",
  "member",
  "invitation",
  "role",
  "department",
  "number",
  "contact",
  "consent",
  "privacy",
  "security_policy",
  "api_key",
  "export",
  "account",
  "audit",
];

export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const { t, i18n } = useTranslation("audit");
  const { permissions } = useSession();
  const maySeePeople = permissions.includes("people.manage") || permissions.includes("inbox");
  const { data: members = [] } = useQuery({ ...membersQuery, enabled: maySeePeople });
  const isKnown = members.some((member) => member.id === filter.actor);
  const targetKey = `targets.${filter.targetKind}`;
  const target = i18n.exists(targetKey, { ns: "audit" })
    ? t(targetKey as "targets.contact")
    : filter.targetKind;
  return (
    <div className={styles.filters} role="search" aria-label={t("filters.label")}>
      <SearchBox value={filter.q} onChange={(q) => onChange({ q })} />
      <select
        aria-label={t("filters.kind")}
        value={filter.kind}
        onChange={(event) => onChange({ kind: event.target.value })}
      >
        <option value="">{t("filters.everything")}</option>
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`kinds.${kind}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("filters.actor")}
        value={filter.actor}
        onChange={(event) => onChange({ actor: event.target.value })}
      >
        <option value="">{t("filters.everyone")}</option>
        {filter.actor !== "" && !isKnown && <option value={filter.actor}>{t("filters.unknownActor")}</option>}
        {members.map((member) => (
          <option key={member.id} value={member.id}>
            {member.name}
          </option>
        ))}
      </select>
      <label className={styles.day}>
        <span>{t("filters.since")}</span>
        <input
          type="date"
          value={filter.since}
          max={filter.until || undefined}
          onChange={(event) => onChange({ since: event.target.value })}
        />
      </label>
      <label className={styles.day}>
        <span>{t("filters.until")}</span>
        <input
          type="date"
          value={filter.until}
          min={filter.since || undefined}
          onChange={(event) => onChange({ until: event.target.value })}
        />
      </label>
      {filter.targetId !== "" && (
        <button
          type="button"
          className={styles.chip}
          aria-label={t("filters.dropTarget", { target })}
          onClick={() => onChange({ targetKind: "", targetId: "" })}
        >
          {t("filters.target", { target })}
          <X size={14} aria-hidden="true" />
        </button>
      )}
      {isFiltered(filter) && (
        <Button variant="quiet" icon={X} onClick={() => onChange(NO_FILTER)}>
          {t("filters.clear")}
        </Button>
      )}
    </div>
  );
}

/** Somebody types some letters a second; each request searches the whole log. */
const PAUSE_MS = 300;

function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("audit");
  const [text, setText] = useState(value);
  const [given, setGiven] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed by other means: a filter was cleared, or the way back was taken.
  if (given !== value) {
    setGiven(value);
    setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className={styles.search}>
      <Search size={17} aria-hidden="true" />
      <input
        type="search"
        aria-label={t("filters.search")}
        placeholder={t("filters.searchPlaceholder")}
        value={text}
        maxLength={SEARCH_MAX_LENGTH}
        onChange={(event) => {
          const typed = event.target.value;
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onChange(typed), PAUSE_MS);
        }}
      />
    </label>
  );
}
