import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ConfirmDialog, Dialog } from "@/components/dialog";
import { deleteRole, useRefreshRoles } from "@/features/settings/roles/api";
import styles from "@/features/settings/roles/roles.module.css";
import { useRoleAddress } from "@/features/settings/roles/use-role-address";
import { ProblemError } from "@/lib/http/problem";
import { showToast } from "@/lib/toasts";
import type { RoleView } from "@/lib/wire/openapi.gen";

interface Use {
  members: number;
  invitations: number;
}

/** As `role_in_use` counts them. */
function parseUse(error: unknown): Use | null {
  if (!(error instanceof ProblemError) || error.code !== "role_in_use") return null;
  const { members, invitations } = error.problem;
  return {
    members: typeof members === "number" ? members : 0,
    invitations: typeof invitations === "number" ? invitations : 0,
  };
}

interface DeleteRoleDialogProps {
  role: RoleView;
  onClose: () => void;
}

/** Deleting is refused while somebody has the role or is invited with it: then this says who. */
export function DeleteRoleDialog({ role, onClose }: DeleteRoleDialogProps) {
  const { t } = useTranslation("roles");
  const refresh = useRefreshRoles();
  const open = useRoleAddress();
  const [use, setUse] = useState<Use | null>(
    role.member_count > 0 ? { members: role.member_count, invitations: 0 } : null,
  );
  if (use !== null) return <InUseDialog role={role} use={use} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={t("deleteTitle", { name: role.name })}
      body={t("deleteBody")}
      confirm={t("delete")}
      onClose={onClose}
      onConfirm={async () => {
        try {
          await deleteRole(role.role_id ?? "");
        } catch (error) {
          setUse(parseUse(error));
          throw error;
        }
        open({});
        await refresh();
        showToast(t("deleted", { name: role.name }));
      }}
    />
  );
}

function InUseDialog({ role, use, onClose }: DeleteRoleDialogProps & { use: Use }) {
  const { t } = useTranslation("roles");
  const { t: app } = useTranslation("app");
  return (
    <Dialog title={t("inUseTitle", { name: role.name })} lead={t("inUseBody")} onClose={onClose}>
      <ul className={styles.reasons} role="alert">
        {use.members > 0 && (
          <li>
            <strong>{t("inUsePeople", { count: use.members })}</strong>
            <span>
              {t("inUsePeopleHow")}{" "}
              <Link
                to="/settings/$page"
                params={{ page: "people" }}
                search={{ role: role.role_id ?? "" } as never}
              >
                {t("seePeople")}
              </Link>
            </span>
          </li>
        )}
        {use.invitations > 0 && (
          <li>
            <strong>{t("inUseInvitations", { count: use.invitations })}</strong>
            <span>
              {t("inUseInvitationsHow")}{" "}
              <Link to="/settings/$page" params={{ page: "people" }}>
                {t("toPeople")}
              </Link>
            </span>
          </li>
        )}
      </ul>
      <footer className={styles.foot}>
        <Button variant="primary" data-autofocus onClick={onClose}>
          {app("common.close")}
        </Button>
      </footer>
    </Dialog>
  );
}
