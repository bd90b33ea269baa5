import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { invite, useRefreshPeople } from "@/features/settings/people/api";
import { DepartmentsField } from "@/features/settings/people/departments-field";
import { findRole, looksLikeEmail, roleKey } from "@/features/settings/people/model";
import { RoleField } from "@/features/settings/people/role-field";
import { showToast } from "@/lib/toasts";
import type { DepartmentView, RoleView } from "@/lib/wire/openapi.gen";

/** As POST /v1/invitations. */
const NAME_MAX = 120;
const EMAIL_MAX = 320;

interface InviteDialogProps {
  roles: readonly RoleView[];
  departments: readonly DepartmentView[];
  onClose: () => void;
}

export function InviteDialog({ roles, departments, onClose }: InviteDialogProps) {
  const { t } = useTranslation("people");
  const refresh = useRefreshPeople();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [departmentIds, setDepartmentIds] = useState<string[]>([]);
  // Most people who come serve customers; where that is not one's own to give, whatever is.
  const usual = roles.find((role) => role.role === "operator" && role.may_assign);
  const first = usual ?? roles.find((role) => role.may_assign);
  const [key, setKey] = useState(first ? roleKey(first) : "");
  const [touched, setTouched] = useState(false);
  const role = findRole(roles, key);
  const address = email.trim();
  const isWrong = touched && address !== "" && !looksLikeEmail(address);

  const send = async () => {
    if (role === undefined) return;
    await invite({
      email: address,
      name: name.trim(),
      role: role.role,
      role_id: role.role_id,
      department_ids: departmentIds,
    });
    await refresh();
    showToast(t("invitation.sent", { email: address }));
  };

  return (
    <FormDialog
      title={t("invitation.title")}
      lead={t("invitation.lead")}
      size={520}
      submit={t("invitation.send")}
      disabled={role === undefined || !looksLikeEmail(address)}
      onClose={onClose}
      onSubmit={send}
    >
      <TextField
        label={t("invitation.email")}
        type="email"
        inputMode="email"
        autoComplete="off"
        data-autofocus
        value={email}
        maxLength={EMAIL_MAX}
        error={isWrong ? t("invitation.emailWrong") : null}
        onBlur={() => setTouched(true)}
        onChange={(event) => setEmail(event.target.value)}
      />
      <TextField
        label={t("invitation.name")}
        optional
        autoComplete="off"
        hint={t("invitation.nameHint")}
        value={name}
        maxLength={NAME_MAX}
        onChange={(event) => setName(event.target.value)}
      />
      <RoleField roles={roles} value={key} onChange={setKey} />
      <DepartmentsField
        departments={departments}
        permissions={role?.permissions ?? []}
        chosen={departmentIds}
        onChange={setDepartmentIds}
      />
    </FormDialog>
  );
}
