import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { SelectField, TextField } from "@/components/field";
import { changePlan, installationKeys, inviteAdmin } from "@/features/settings/installation/api";
import { usePlanOptions } from "@/features/settings/installation/use-plan-options";
import { showToast } from "@/lib/toasts";
import type { InstallationAccountDetails } from "@/lib/wire/openapi.gen";

const EMAIL = /^[^@\s]+@[^@\s]+$/;
/** As the server. */
const EMAIL_MAX = 320;
const NAME_MAX = 120;

interface PlanDialogProps {
  account: InstallationAccountDetails;
  onTake: (change: Promise<InstallationAccountDetails>, done: string) => Promise<void>;
  onClose: () => void;
}

export function PlanDialog({ account, onTake, onClose }: PlanDialogProps) {
  const { t } = useTranslation("installation");
  const [plan, setPlan] = useState(account.plan);
  const options = usePlanOptions(account.plan);
  return (
    <FormDialog
      title={t("account.changePlan")}
      submit={t("account.changePlan")}
      disabled={plan === account.plan}
      onClose={onClose}
      onSubmit={() => onTake(changePlan(account.id, plan), t("account.planDone"))}
    >
      <SelectField
        label={t("account.plan")}
        value={plan}
        options={options}
        onChange={(event) => setPlan(event.target.value)}
      />
    </FormDialog>
  );
}

interface InviteAdminDialogProps {
  account: InstallationAccountDetails;
  onClose: () => void;
}

export function InviteAdminDialog({ account, onClose }: InviteAdminDialogProps) {
  const { t } = useTranslation("installation");
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  return (
    <FormDialog
      title={t("account.invite")}
      lead={t("account.inviteLead")}
      submit={t("account.invite")}
      disabled={!EMAIL.test(email.trim())}
      onClose={onClose}
      onSubmit={async () => {
        await inviteAdmin(account.id, { email: email.trim(), name: name.trim() });
        await cache.invalidateQueries({ queryKey: installationKeys.account(account.id) });
        showToast(t("account.inviteDone"));
      }}
    >
      <TextField
        label={t("create.adminName")}
        optional
        value={name}
        maxLength={NAME_MAX}
        data-autofocus
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        type="email"
        label={t("create.adminEmail")}
        value={email}
        maxLength={EMAIL_MAX}
        autoComplete="off"
        onChange={(event) => setEmail(event.target.value)}
      />
    </FormDialog>
  );
}
