import { Link } from "@tanstack/react-router";
import { Copy, Trash2 } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { PermissionPicker } from "@/components/permission-picker";
import { SaveBar } from "@/components/save-bar";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { changeRole, createRole, useRefreshRoles } from "@/features/settings/roles/api";
import { DeleteRoleDialog } from "@/features/settings/roles/delete-role-dialog";
import { RoleNotices } from "@/features/settings/roles/role-notices";
import styles from "@/features/settings/roles/roles.module.css";
import { useRoleAddress } from "@/features/settings/roles/use-role-address";
import { useMay } from "@/lib/permissions";
import { useSession } from "@/lib/session";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useRoleName } from "@/lib/use-role-name";
import { useTask } from "@/lib/use-task";
import type { Permission, PermissionView, RoleView } from "@/lib/wire/openapi.gen";

/** As POST /v1/roles. */
const NAME_MAX = 60;

interface RoleEditorProps {
  /** Null: a new one. */
  role: RoleView | null;
  begin: { name: string; permissions: Permission[] };
  permissions: readonly PermissionView[];
  back: { label: string; onClick: () => void };
}

/** One role: to be read when it is built in or beyond one's own, else to be changed. */
export function RoleEditor({ role, begin, permissions, back }: RoleEditorProps) {
  const { t } = useTranslation("roles");
  const session = useSession();
  const mayManage = useMay("roles.manage");
  const roleName = useRoleName();
  const problemText = useProblemText();
  const refresh = useRefreshRoles();
  const open = useRoleAddress();
  const task = useTask();
  // Nobody makes a role that can do more than they can, not by copying one either.
  const [start] = useState<RoleEditorProps["begin"]>(
    role
      ? begin
      : { ...begin, permissions: begin.permissions.filter((one) => session.permissions.includes(one)) },
  );
  const [name, setName] = useState(start.name);
  const [chosen, setChosen] = useState<Permission[]>(start.permissions);
  const [isDeleting, setDeleting] = useState(false);
  const isBuiltIn = role !== null && role.role !== "custom";
  const isReadOnly = isBuiltIn || !mayManage || role?.may_assign === false;
  const given = name.trim();
  const isSame =
    given === role?.name &&
    chosen.length === role.permissions.length &&
    chosen.every((one) => role.permissions.includes(one));
  const title = role ? roleName(role.role, role.name) : t("create");

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const saved = await task.run(async () => {
      const body = { name: given, permissions: chosen };
      if (role?.role_id) await changeRole(role.role_id, { ...body, version: role.version });
      else await createRole(body);
      await refresh();
    });
    if (!saved) return;
    showToast(t(role ? "saved" : "created", { name: given }));
    open({});
  };

  return (
    <SettingsPage
      title={title}
      lead={role && <Holders role={role} />}
      width="table"
      back={back}
      actions={
        role !== null &&
        mayManage && (
          <Button icon={Copy} onClick={() => open({ role: "new", from: role.role_id ?? role.role })}>
            {t("copy")}
          </Button>
        )
      }
    >
      <RoleNotices role={role} chosen={chosen} isReadOnly={isReadOnly} />
      <form className={styles.form} noValidate onSubmit={(event) => void save(event)}>
        {!isBuiltIn && (
          <SettingsCard title={t("nameTitle")}>
            <div className={styles.nameField}>
              <TextField
                label={t("name")}
                hint={t("nameHint")}
                value={name}
                maxLength={NAME_MAX}
                autoComplete="off"
                readOnly={isReadOnly}
                onChange={(event) => setName(event.target.value)}
              />
            </div>
          </SettingsCard>
        )}
        <SettingsCard
          title={t("permissions")}
          lead={chosen.length === 0 ? t("nothingChosen") : t("chosen", { count: chosen.length })}
          foot={
            !isReadOnly &&
            (role ? (
              <SaveBar
                isDirty={!isSame}
                busy={task.busy}
                disabled={given === ""}
                onDiscard={() => {
                  setName(role.name);
                  setChosen(role.permissions);
                }}
              />
            ) : (
              <>
                <Button variant="quiet" onClick={back.onClick}>
                  {t("back")}
                </Button>
                <Button type="submit" variant="primary" busy={task.busy} disabled={given === ""}>
                  {t("createSubmit")}
                </Button>
              </>
            ))
          }
        >
          <PermissionPicker
            permissions={permissions}
            chosen={chosen}
            own={session.permissions}
            readOnly={isReadOnly}
            onChange={setChosen}
          />
          {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
        </SettingsCard>
      </form>
      {role !== null && !isReadOnly && (
        <SettingsCard
          tone="danger"
          title={t("dangerTitle")}
          lead={t("dangerBody")}
          aside={
            <Button variant="danger" icon={Trash2} onClick={() => setDeleting(true)}>
              {t("delete")}
            </Button>
          }
        />
      )}
      {role !== null && isDeleting && <DeleteRoleDialog role={role} onClose={() => setDeleting(false)} />}
    </SettingsPage>
  );
}

function Holders({ role }: { role: RoleView }) {
  const { t } = useTranslation("roles");
  const { t: words } = useTranslation("permissions");
  const mayPeople = useMay("people.manage");
  const count = role.member_count === 0 ? t("nobody") : t("people", { count: role.member_count });
  return (
    <>
      {role.role !== "custom" && `${words(`roles.${role.role}`)} `}
      {count}
      {mayPeople && role.member_count > 0 && (
        <>
          {" · "}
          <Link
            to="/settings/$page"
            params={{ page: "people" }}
            search={{ role: role.role_id ?? role.role } as never}
            className={styles.link}
          >
            {t("seePeople")}
          </Link>
        </>
      )}
    </>
  );
}
