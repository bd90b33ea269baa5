import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { RoleList } from "@/features/settings/roles/role-list";
import { RoleDetail } from "@/features/settings/roles/role-detail";
import { permissionsQuery, rolesQuery } from "@/lib/api/company";
import { useUrlFilter } from "@/lib/use-url-filter";

/** All roles, or the one that the address names (`role`: a built-in name, an id, or "new" with what it copies). */
export default function RolesPage() {
  const { t } = useTranslation("roles");
  const roles = useQuery(rolesQuery);
  const permissions = useQuery(permissionsQuery);
  const [{ role, from }] = useUrlFilter();
  if (roles.data === undefined || permissions.data === undefined) {
    return (
      <SettingsPage title={t("title")} lead={t("lead")} width="table">
        <SettingsCard flush>
          {roles.data === undefined ? (
            <Loaded query={roles}>{() => null}</Loaded>
          ) : (
            <Loaded query={permissions}>{() => null}</Loaded>
          )}
        </SettingsCard>
      </SettingsPage>
    );
  }
  if (role === undefined) return <RoleList roles={roles.data} permissions={permissions.data} />;
  return (
    <RoleDetail
      key={`${role} ${from ?? ""}`}
      wanted={role}
      from={from}
      roles={roles.data}
      permissions={permissions.data}
    />
  );
}
