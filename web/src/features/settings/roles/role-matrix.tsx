import { Check, Minus } from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/features/settings/roles/roles.module.css";
import { useRoleName } from "@/lib/use-role-name";
import type { PermissionView, RoleView } from "@/lib/wire/openapi.gen";

interface RoleMatrixProps {
  roles: readonly RoleView[];
  permissions: readonly PermissionView[];
}

/** Every permission against every role, to compare. The first column stays in sight where there are many roles. */
export function RoleMatrix({ roles, permissions }: RoleMatrixProps) {
  const { t } = useTranslation("roles");
  const { t: words } = useTranslation("permissions");
  const roleName = useRoleName();
  const groups = [...new Set(permissions.map((permission) => permission.group))];
  return (
    <div className={styles.matrixFrame} tabIndex={0} role="region" aria-label={t("matrix")}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{t("permission")}</th>
            {roles.map((role) => (
              <th key={role.role_id ?? role.role} scope="col">
                {roleName(role.role, role.name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Fragment key={group}>
              <tr className={styles.groupRow}>
                <th scope="colgroup" colSpan={roles.length + 1}>
                  {words(`groups.${group}`)}
                </th>
              </tr>
              {permissions
                .filter((permission) => permission.group === group)
                .map(({ name }) => (
                  <tr key={name}>
                    <th scope="row">{words(`names.${name}.title`)}</th>
                    {roles.map((role) => {
                      const isAllowed = role.permissions.includes(name);
                      const Icon = isAllowed ? Check : Minus;
                      return (
                        <td key={role.role_id ?? role.role} data-on={isAllowed ? true : undefined}>
                          <Icon size={17} strokeWidth={isAllowed ? 2.4 : 1.6} aria-hidden="true" />
                          <span className="visually-hidden">
                            {words(isAllowed ? "allowed" : "notAllowed")}
                          </span>
                        </td>
                      );
                    })}
                  </tr>
                ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
