import { useQuery } from "@tanstack/react-query";
import { MailPlus, MailWarning, Send, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { ConfirmDialog } from "@/components/dialog";
import { IconButton } from "@/components/icon-button";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsRow } from "@/components/settings-page";
import {
  invitationsQuery,
  resendInvitation,
  revokeInvitation,
  useRefreshPeople,
} from "@/features/settings/people/api";
import styles from "@/features/settings/people/people.module.css";
import { fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useRoleName } from "@/lib/use-role-name";
import { useTask } from "@/lib/use-task";
import type { DepartmentView, InvitationView } from "@/lib/wire/openapi.gen";

/** Who was asked in and has not come yet. */
export function InvitationsCard({ departments }: { departments: readonly DepartmentView[] }) {
  const { t } = useTranslation("people");
  const query = useQuery(invitationsQuery);
  const refresh = useRefreshPeople();
  const [revoking, setRevoking] = useState<InvitationView | null>(null);
  return (
    <SettingsCard flush title={t("invitation.open")} lead={t("invitation.openLead")}>
      <Loaded query={query}>
        {(invitations) =>
          invitations.length === 0 ? (
            <p className={styles.none}>{t("invitation.none")}</p>
          ) : (
            invitations.map((invitation) => (
              <InvitationRow
                key={invitation.id}
                invitation={invitation}
                departments={departments}
                onRevoke={() => setRevoking(invitation)}
              />
            ))
          )
        }
      </Loaded>
      {revoking && (
        <ConfirmDialog
          title={t("invitation.revokeTitle", { email: revoking.email })}
          body={t("invitation.revokeBody")}
          confirm={t("invitation.revokeConfirm")}
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await revokeInvitation(revoking.id);
            await refresh();
            showToast(t("invitation.revoked"));
          }}
        />
      )}
    </SettingsCard>
  );
}

interface InvitationRowProps {
  invitation: InvitationView;
  departments: readonly DepartmentView[];
  onRevoke: () => void;
}

function InvitationRow({ invitation, departments, onRevoke }: InvitationRowProps) {
  const { t, i18n } = useTranslation("people");
  const roleName = useRoleName();
  const problemText = useProblemText();
  const refresh = useRefreshPeople();
  const task = useTask();
  const { email, name, state } = invitation;
  const isExpired = state === "expired";
  const Icon = isExpired ? MailWarning : MailPlus;
  const when = fullTime(invitation.expires_at, i18n.language);
  const facts = [
    name === "" ? null : email,
    roleName(invitation.role, invitation.role_name),
    departments
      .filter(({ id }) => invitation.department_ids.includes(id))
      .map((department) => department.name)
      .join(", "),
    t(isExpired ? "invitation.expiredAt" : "invitation.expires", { when }),
  ];
  const resend = () =>
    task.run(async () => {
      try {
        await resendInvitation(invitation.id);
        await refresh();
        showToast(t("invitation.resent", { email }));
      } catch (error) {
        showToast(problemText(error), "trouble");
      }
    });
  return (
    <SettingsRow
      icon={<Icon size={18} strokeWidth={1.8} aria-hidden="true" />}
      title={
        <>
          {name === "" ? email : name}
          {isExpired && <Badge tone="warning">{t("invitation.expired")}</Badge>}
        </>
      }
      body={facts.filter(Boolean).join(" · ")}
      action={
        <div className={styles.rowButtons}>
          <IconButton
            icon={Send}
            size={18}
            label={t("invitation.resendTo", { email })}
            disabled={task.busy}
            onClick={() => void resend()}
          />
          <IconButton icon={X} size={18} label={t("invitation.revokeOf", { email })} onClick={onRevoke} />
        </div>
      }
    />
  );
}
