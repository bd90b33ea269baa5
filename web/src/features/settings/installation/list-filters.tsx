import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { FilterBar, FilterSearch } from "@/features/settings/components/filter-bar";

interface ListFiltersProps {
  q: string;
  hint: string;
  onSearch: (q: string) => void;
  /** Selects, and what else narrows the list. */
  children?: ReactNode;
}

/** The bar above each list of the installation: what is searched differs, and what else narrows it. */
export function ListFilters({ q, hint, onSearch, children }: ListFiltersProps) {
  const { t } = useTranslation("installation");
  return (
    <FilterBar>
      <FilterSearch label={t("search")} placeholder={hint} value={q} onSearch={onSearch} />
      {children}
    </FilterBar>
  );
}
