import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { FormDialog } from "@/components/dialog";
import { PasswordField } from "@/components/field";
import { NewPasswordField } from "@/components/new-password-field";
import { SettingsCard } from "@/components/settings-page";
import { changePassword } from "@/features/settings/api";
import { brokenRules } from "@/lib/password";
import { useSession } from "@/lib/session";
import { showToast } from "@/lib/toasts";

export function PasswordCard() {
  const { t } = useTranslation("settings");
  const { impersonated_by: impersonator } = useSession();
  const [changing, setChanging] = useState(false);
  return (
    <SettingsCard
      title={t("security.passwordTitle")}
      lead={t("security.passwordLead")}
      aside={
        <Button icon={KeyRound} disabled={impersonator !== null} onClick={() => setChanging(true)}>
          {t("security.changePassword")}
        </Button>
      }
    >
      {changing && <ChangePasswordDialog onClose={() => setChanging(false)} />}
    </SettingsCard>
  );
}

function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("settings");
  const { user } = useSession();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const personal = [user.name, user.email];
  return (
    <FormDialog
      title={t("security.changePassword")}
      submit={t("security.changePassword")}
      disabled={current === "" || brokenRules(next, personal).length > 0}
      onClose={onClose}
      onSubmit={async () => {
        await changePassword(current, next);
        showToast(t("security.passwordChanged"));
      }}
    >
      {/* For password managers, which keep the pair. */}
      <input type="email" autoComplete="username" value={user.email} readOnly hidden />
      <PasswordField
        label={t("security.currentPassword")}
        value={current}
        data-autofocus
        onChange={(event) => setCurrent(event.target.value)}
      />
      <NewPasswordField
        label={t("security.newPassword")}
        value={next}
        personal={personal}
        onChange={(event) => setNext(event.target.value)}
      />
    </FormDialog>
  );
}
