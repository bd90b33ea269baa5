import { useTranslation } from "react-i18next";
import { DepartmentPicker } from "@/components/department-picker";
import type { DepartmentView, Permission } from "@/lib/wire/openapi.gen";

interface DepartmentsFieldProps {
  departments: readonly DepartmentView[];
  /** What the chosen role gives: it says what departments mean. */
  permissions: readonly Permission[];
  chosen: readonly string[];
  disabled?: boolean;
  onChange: (chosen: string[]) => void;
}

export function DepartmentsField({ permissions, chosen, ...rest }: DepartmentsFieldProps) {
  const { t } = useTranslation("people");
  const hint = () => {
    if (!permissions.includes("inbox")) return t("form.departmentsNone");
    if (permissions.includes("departments.all")) return t("form.departmentsAll");
    return t(chosen.length === 0 ? "form.departmentsMissing" : "form.departmentsHint");
  };
  return <DepartmentPicker label={t("form.departments")} hint={hint()} chosen={chosen} {...rest} />;
}
