import { useTranslation } from "react-i18next";
import { SelectField } from "@/components/field";
import { findRole, roleKey, type RoleKey } from "@/features/settings/people/model";
import { useRoleName } from "@/lib/use-role-name";
import type { RoleView } from "@/lib/wire/openapi.gen";

interface RoleFieldProps {
  roles: readonly RoleView[];
  value: RoleKey;
  disabled?: boolean;
  onChange: (key: RoleKey) => void;
}

/** Which role somebody gets. Those beyond one's own are named, but not to be had. */
export function RoleField({ roles, value, disabled, onChange }: RoleFieldProps) {
  const { t } = useTranslation("people");
  const { t: permissions } = useTranslation("permissions");
  const roleName = useRoleName();
  const chosen = findRole(roles, value);
  const about = (role: RoleView) =>
    role.role === "custom"
      ? role.permissions.map((permission) => permissions(`names.${permission}.title`)).join(", ")
      : permissions(`roles.${role.role}`);
  return (
    <SelectField
      label={t("form.role")}
      hint={chosen && about(chosen)}
      value={value}
      disabled={disabled}
      options={roles.map((role) => ({
        value: roleKey(role),
        label: role.may_assign
          ? roleName(role.role, role.name)
          : `${roleName(role.role, role.name)} (${t("form.beyondRole")})`,
        disabled: !role.may_assign,
      }))}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
