import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { FormDialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { changeMember, useRefreshPeople } from "@/features/settings/people/api";
import { DepartmentsField } from "@/features/settings/people/departments-field";
import { findRole, isBeyond, roleKey } from "@/features/settings/people/model";
import styles from "@/features/settings/people/people.module.css";
import { RoleField } from "@/features/settings/people/role-field";
import { useSession } from "@/lib/session";
import { fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import type { ChangeMemberBody, DepartmentView, RoleView, TeamMemberView } from "@/lib/wire/openapi.gen";

/** As PATCH /v1/members: more at a time is a mistake. */
const CAPACITY_MAX = 1000;

function parseCapacity(text: string): number | null {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  return value <= CAPACITY_MAX ? value : null;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((id) => others.includes(id));
}

interface PersonDialogProps {
  person: TeamMemberView;
  roles: readonly RoleView[];
  departments: readonly DepartmentView[];
  onClose: () => void;
}

/** What somebody may do, where, and how much at a time. Takes effect at once, in the middle of their work. */
export function PersonDialog({ person, roles, departments, onClose }: PersonDialogProps) {
  const { t, i18n } = useTranslation("people");
  const session = useSession();
  const refresh = useRefreshPeople();
  // As it was when this was opened: the version says whether somebody else was quicker.
  const [{ member }] = useState(person);
  const [key, setKey] = useState(roleKey(member));
  const [departmentIds, setDepartmentIds] = useState<string[]>(member.department_ids);
  const [capacityText, setCapacityText] = useState(String(member.capacity));
  const isLocked = isBeyond(member, session.permissions);
  const role = findRole(roles, key);
  const permissions = role?.permissions ?? member.permissions;
  const capacity = parseCapacity(capacityText);
  const leavesInbox = member.permissions.includes("inbox") && !permissions.includes("inbox");

  const hasNewRole = key !== roleKey(member);
  const change: ChangeMemberBody = {
    version: member.version,
    ...(hasNewRole && role && { role: role.role, role_id: role.role_id }),
    ...(!isSame(departmentIds, member.department_ids) && { department_ids: departmentIds }),
    ...(capacity !== null && capacity !== member.capacity && { capacity }),
  };
  const isDirty = Object.keys(change).length > 1;

  return (
    <FormDialog
      title={t("form.title", { name: member.name })}
      size={520}
      submit={t("form.save")}
      disabled={isLocked || !isDirty || capacity === null}
      onClose={onClose}
      onSubmit={async () => {
        await changeMember(member.id, change);
        await refresh();
        showToast(t("form.saved", { name: member.name }));
      }}
    >
      <div className={styles.who}>
        <Avatar id={member.id} name={member.name} size={44} availability={member.availability} />
        <div>
          <strong>{member.email}</strong>
          <span>{t("form.joined", { when: fullTime(person.joined_at, i18n.language) })}</span>
        </div>
      </div>
      {isLocked && <Notice title={t("form.beyondTitle")}>{t("form.beyond", { name: member.name })}</Notice>}
      <RoleField roles={roles} value={key} disabled={isLocked} onChange={setKey} />
      {hasNewRole && leavesInbox && <Notice tone="warning">{t("form.leavesInbox")}</Notice>}
      {hasNewRole && member.id === session.user.id && <Notice tone="warning">{t("form.own")}</Notice>}
      <DepartmentsField
        departments={departments}
        permissions={permissions}
        chosen={departmentIds}
        disabled={isLocked}
        onChange={setDepartmentIds}
      />
      <div className={styles.capacity}>
        <TextField
          label={t("form.capacity")}
          hint={t("form.capacityHint")}
          error={capacity === null ? t("form.capacityWrong") : null}
          value={capacityText}
          inputMode="numeric"
          maxLength={4}
          disabled={isLocked}
          onChange={(event) => setCapacityText(event.target.value)}
        />
      </div>
    </FormDialog>
  );
}
