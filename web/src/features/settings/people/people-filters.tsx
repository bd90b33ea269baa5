import { Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { roleKey, type PeopleFilter } from "@/features/settings/people/model";
import styles from "@/features/settings/people/people.module.css";
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
  return (
    <div className={styles.filters} role="search">
      <label className={styles.search}>
        <Search size={17} aria-hidden="true" />
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          value={filter.q}
          onChange={(event) => onChange({ q: event.target.value })}
        />
      </label>
      <select
        aria-label={t("role")}
        value={filter.role}
        onChange={(event) => onChange({ role: event.target.value })}
      >
        <option value="">{t("anyRole")}</option>
        {roles.map((role) => (
          <option key={roleKey(role)} value={roleKey(role)}>
            {roleName(role.role, role.name)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("department")}
        value={filter.department}
        onChange={(event) => onChange({ department: event.target.value })}
      >
        <option value="">{t("anyDepartment")}</option>
        {departments
          .filter((department) => department.archived_at === null)
          .map((department) => (
            <option key={department.id} value={department.id}>
              {department.name}
            </option>
          ))}
      </select>
    </div>
  );
}
