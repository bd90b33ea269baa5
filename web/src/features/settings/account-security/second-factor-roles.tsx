import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { CheckField } from "@/components/field";
import styles from "@/features/settings/account-security/account-security.module.css";
import { rolesQuery } from "@/lib/api/company";
import { useMay } from "@/lib/permissions";
import { useRoleName } from "@/lib/use-role-name";
import type { Role, RoleView } from "@/lib/wire/openapi.gen";

interface SecondFactorRolesProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

const BUILT_IN: readonly Role[] = ["admin", "supervisor", "operator", "client"];

interface Choice {
  /** Name of a built-in role, id of one of the account's own. */
  value: string;
  label: string;
  hint: string | undefined;
}

export function SecondFactorRoles({ chosen, onChange }: SecondFactorRolesProps) {
  const choices = useChoices(chosen);
  return (
    <div className={styles.roles}>
      {choices.map(({ value, label, hint }) => (
        <CheckField
          key={value}
          label={label}
          hint={hint}
          checked={chosen.includes(value)}
          onChange={(event) =>
            onChange(event.target.checked ? [...chosen, value] : chosen.filter((other) => other !== value))
          }
        />
      ))}
    </div>
  );
}

/** Roles with who has them, as far as this person may read them; what is chosen is always shown. */
function useChoices(chosen: readonly string[]): Choice[] {
  const { t } = useTranslation("accountSecurity");
  const roleName = useRoleName();
  const mayReadByRoles = useMay("roles.manage");
  const mayReadByPeople = useMay("people.manage");
  const { data: roles } = useQuery({ ...rolesQuery, enabled: mayReadByRoles || mayReadByPeople });
  const choice = (role: RoleView): Choice => ({
    value: role.role_id ?? role.role,
    label: roleName(role.role, role.name),
    hint: t("factor.people", { count: role.member_count }),
  });
  const known =
    roles?.map(choice) ??
    BUILT_IN.map((role): Choice => ({ value: role, label: roleName(role, ""), hint: undefined }));
  const values = new Set(known.map(({ value }) => value));
  const others = chosen.filter((value) => !values.has(value));
  return [
    ...known,
    ...others.map((value): Choice => ({ value, label: t("factor.unknown"), hint: value.slice(0, 8) })),
  ];
}
