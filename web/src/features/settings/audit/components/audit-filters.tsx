import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import {
  NO_FILTER,
  SEARCH_MAX_LENGTH,
  isFiltered,
  type AuditFilter,
} from "@/features/settings/audit/model/filter";
import type { AuditWords } from "@/features/settings/audit/locale/pt-BR";
import {
  FilterBar,
  FilterChip,
  FilterDay,
  FilterSearch,
  FilterSelect,
} from "@/features/settings/components/filter-bar";
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
    <FilterBar label={t("filters.label")}>
      <FilterSearch
        label={t("filters.search")}
        placeholder={t("filters.searchPlaceholder")}
        value={filter.q}
        maxLength={SEARCH_MAX_LENGTH}
        onSearch={(q) => onChange({ q })}
      />
      <FilterSelect
        label={t("filters.kind")}
        value={filter.kind}
        options={[
          { value: "", label: t("filters.everything") },
          ...KINDS.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) })),
        ]}
        onChange={(kind) => onChange({ kind })}
      />
      <FilterSelect
        label={t("filters.actor")}
        value={filter.actor}
        options={[
          { value: "", label: t("filters.everyone") },
          ...(filter.actor !== "" && !isKnown
            ? [{ value: filter.actor, label: t("filters.unknownActor") }]
            : []),
          ...members.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(actor) => onChange({ actor })}
      />
      <FilterDay
        label={t("filters.since")}
        value={filter.since}
        max={filter.until}
        onChange={(since) => onChange({ since })}
      />
      <FilterDay
        label={t("filters.until")}
        value={filter.until}
        min={filter.since}
        onChange={(until) => onChange({ until })}
      />
      {filter.targetId !== "" && (
        <FilterChip
          label={t("filters.dropTarget", { target })}
          onDrop={() => onChange({ targetKind: "", targetId: "" })}
        >
          {t("filters.target", { target })}
        </FilterChip>
      )}
      {isFiltered(filter) && (
        <Button variant="quiet" icon={X} onClick={() => onChange(NO_FILTER)}>
          {t("filters.clear")}
        </Button>
      )}
    </FilterBar>
  );
}
