import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/dialog";
import { Notice } from "@/components/notice";
import { SettingsCard } from "@/components/settings-page";
import { cancelClosing, closeAccount } from "@/features/settings/company/api";
import styles from "@/features/settings/company/company.module.css";
import type { SaveAccount } from "@/features/settings/company/use-account";
import { useSession } from "@/lib/session";
import { fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { AccountView } from "@/lib/wire/openapi.gen";

interface Props {
  account: AccountView;
  save: SaveAccount;
}

export function CloseCard({ account, save }: Props) {
  const { t } = useTranslation("company");
  const { t: forms } = useTranslation("forms");
  const { impersonated_by: impersonator } = useSession();
  const [asking, setAsking] = useState(false);
  return (
    <SettingsCard
      tone="danger"
      title={t("close.title")}
      lead={t("close.body")}
      aside={
        <Button
          variant="danger"
          disabled={impersonator !== null}
          title={impersonator === null ? undefined : forms("problems.not_while_impersonating")}
          onClick={() => setAsking(true)}
        >
          {t("close.action")}
        </Button>
      }
    >
      {asking && (
        <ConfirmDialog
          title={t("close.confirmTitle", { name: account.name })}
          body={t("close.confirmBody")}
          confirm={t("close.confirm")}
          withReason
          withPassword
          typed={account.name}
          onClose={() => setAsking(false)}
          onConfirm={async ({ reason, password }) => {
            await save(() => closeAccount(reason, password));
            showToast(t("close.done"));
          }}
        />
      )}
    </SettingsCard>
  );
}

/** Above everything else while the account waits to be erased. */
export function ClosingNotice({ account, save }: Props) {
  const { t, i18n } = useTranslation("company");
  const { impersonated_by: impersonator } = useSession();
  const problemText = useProblemText();
  const task = useTask();
  const cancel = async () => {
    if (await task.run(() => save(cancelClosing))) showToast(t("close.cancelled"));
  };
  return (
    <Notice
      tone="danger"
      title={t("close.closingTitle")}
      action={
        <div className={styles.closingActions}>
          {account.can_cancel_closing && (
            <Button busy={task.busy} disabled={impersonator !== null} onClick={() => void cancel()}>
              {t("close.cancel")}
            </Button>
          )}
          <Link to="/settings/$page" params={{ page: "exports" }}>
            {t("close.exports")}
          </Link>
        </div>
      }
    >
      {account.erase_after !== null &&
        t("close.closingBody", { when: fullTime(account.erase_after, i18n.language) })}
      {account.state_reason !== null && <div>{t("close.reason", { reason: account.state_reason })}</div>}
      {!account.can_cancel_closing && <div>{t("close.byInstallation")}</div>}
      {task.error !== null && <div>{problemText(task.error)}</div>}
    </Notice>
  );
}
