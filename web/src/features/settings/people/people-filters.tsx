import { useTranslation } from "react-i18next";
import { FilterBar, FilterSearch, FilterSelect } from "@/features/settings/components/filter-bar";
import { roleKey, type PeopleFilter } from "@/features/settings/people/model";
import { useRoleName } from "@/lib/use-role-name";
import type { DepartmentView, RoleView } from "@/lib/wire/openapi.gen";

interface PeopleFiltersProps {
  filter: PeopleFilter;
  roles: readonly RoleView[];
  departments: readonly DepartmentView[];
  onChange: (change: Record<string, string>) => void;
}

export function PeopleFilters({ filter, roles, departments, onChange }: PeopleFiltersProps) {
  const { t } = useTranslation("people");
  const roleName = useRoleName();
  const inUse = departments.filter((department) => department.archived_at === null);
  return (
    <FilterBar>
      <FilterSearch
        label={t("search")}
        placeholder={t("search")}
        value={filter.q}
        pauseMs={0}
        onSearch={(q) => onChange({ q })}
      />
      <FilterSelect
        label={t("role")}
        value={filter.role}
        options={[
          { value: "", label: t("anyRole") },
          ...roles.map((role) => ({ value: roleKey(role), label: roleName(role.role, role.name) })),
        ]}
        onChange={(role) => onChange({ role })}
      />
      <FilterSelect
        label={t("department")}
        value={filter.department}
        options={[
          { value: "", label: t("anyDepartment") },
          ...inUse.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(department) => onChange({ department })}
      />
    </FilterBar>
  );
}
