import { UserX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { RoleEditor } from "@/features/settings/roles/role-editor";
import { useRoleAddress } from "@/features/settings/roles/use-role-address";
import { useRoleName } from "@/lib/use-role-name";
import type { PermissionView, RoleView } from "@/lib/wire/openapi.gen";

interface RoleDetailProps {
  /** As the address has it: "new", a built-in name, or an id. */
  wanted: string;
  /** What a new one begins as. */
  from: string | undefined;
  roles: readonly RoleView[];
  permissions: readonly PermissionView[];
}

export function RoleDetail({ wanted, from, roles, permissions }: RoleDetailProps) {
  const { t } = useTranslation("roles");
  const roleName = useRoleName();
  const open = useRoleAddress();
  const find = (key: string | undefined) => roles.find((role) => (role.role_id ?? role.role) === key);
  const role = find(wanted);
  const model = find(from);
  const back = { label: t("back"), onClick: () => open({}) };
  if (wanted === "new") {
    const begin = {
      name: model ? t("copyName", { name: roleName(model.role, model.name) }) : "",
      permissions: model?.permissions ?? [],
    };
    return <RoleEditor role={null} begin={begin} permissions={permissions} back={back} />;
  }
  if (role === undefined) {
    return (
      <SettingsPage title={t("title")} back={back}>
        <SettingsCard>
          <EmptyState
            icon={UserX}
            title={t("gone")}
            body={t("goneBody")}
            action={<Button onClick={back.onClick}>{t("back")}</Button>}
          />
        </SettingsCard>
      </SettingsPage>
    );
  }
  return <RoleEditor role={role} begin={role} permissions={permissions} back={back} />;
}
