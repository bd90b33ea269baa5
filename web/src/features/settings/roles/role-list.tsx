import { ChevronRight, Plus, ShieldHalf, UserCog } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { Notice } from "@/components/notice";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { RoleMatrix } from "@/features/settings/roles/role-matrix";
import styles from "@/features/settings/roles/roles.module.css";
import { useRoleAddress } from "@/features/settings/roles/use-role-address";
import { useMay } from "@/lib/permissions";
import { useRoleName } from "@/lib/use-role-name";
import type { PermissionView, RoleView } from "@/lib/wire/openapi.gen";

interface RoleListProps {
  roles: readonly RoleView[];
  permissions: readonly PermissionView[];
}

export function RoleList({ roles, permissions }: RoleListProps) {
  const { t } = useTranslation("roles");
  const mayManage = useMay("roles.manage");
  const open = useRoleAddress();
  const own = roles.filter((role) => role.role === "custom");
  const create = mayManage && (
    <Button variant="primary" icon={Plus} onClick={() => open({ role: "new" })}>
      {t("create")}
    </Button>
  );
  return (
    <SettingsPage title={t("title")} lead={t("lead")} width="table" actions={create}>
      <SettingsCard flush title={t("builtIn")} lead={t("builtInLead")}>
        {roles
          .filter((role) => role.role !== "custom")
          .map((role) => (
            <RoleRow key={role.role} role={role} onOpen={() => open({ role: role.role })} />
          ))}
      </SettingsCard>
      <SettingsCard flush title={t("own")} lead={t("ownLead")}>
        {own.length === 0 ? (
          <EmptyState icon={UserCog} title={t("ownNoneTitle")} body={t("ownNone")} action={create} />
        ) : (
          own.map((role) => (
            <RoleRow key={role.role_id} role={role} onOpen={() => open({ role: role.role_id ?? "" })} />
          ))
        )}
      </SettingsCard>
      <Notice title={t("escalationTitle")}>{t("escalation")}</Notice>
      <div className={styles.wideOnly}>
        <SettingsCard flush title={t("matrix")} lead={t("matrixLead")}>
          <RoleMatrix roles={roles} permissions={permissions} />
        </SettingsCard>
      </div>
    </SettingsPage>
  );
}

function RoleRow({ role, onOpen }: { role: RoleView; onOpen: () => void }) {
  const { t } = useTranslation("roles");
  const { t: words } = useTranslation("permissions");
  const roleName = useRoleName();
  const name = roleName(role.role, role.name);
  const Icon = role.role === "custom" ? UserCog : ShieldHalf;
  const about =
    role.role === "custom"
      ? words("permissions", { count: role.permissions.length })
      : words(`roles.${role.role}`);
  return (
    <button type="button" className={styles.row} aria-label={t("open", { name })} onClick={onOpen}>
      <span className={styles.icon}>
        <Icon size={18} strokeWidth={1.8} aria-hidden="true" />
      </span>
      <span className={styles.text}>
        <strong>{name}</strong>
        <span>{about}</span>
      </span>
      <span className={styles.count}>
        {role.member_count === 0 ? t("nobody") : t("people", { count: role.member_count })}
      </span>
      <ChevronRight size={17} aria-hidden="true" />
    </button>
  );
}
