import { useQueryClient } from "@tanstack/react-query";
import { ArchiveX, ChevronDown, CirclePause, CirclePlay, Gauge, MailPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/dialog";
import { Menu, type MenuEntry } from "@/components/menu";
import { InviteAdminDialog, PlanDialog } from "@/features/settings/installation/accounts/account-dialogs";
import {
  closeAccount,
  installationKeys,
  reactivateAccount,
  suspendAccount,
} from "@/features/settings/installation/api";
import { showToast } from "@/lib/toasts";
import type { InstallationAccountDetails } from "@/lib/wire/openapi.gen";

type Doing = "suspend" | "reactivate" | "close" | "plan" | "invite";

/** What can be done for a company in the state it is in. */
export function AccountMenu({ account }: { account: InstallationAccountDetails }) {
  const { t } = useTranslation("installation");
  const cache = useQueryClient();
  const [doing, setDoing] = useState<Doing | null>(null);
  const { state, name, is_home: isHome } = account;
  if (state === "closed") return null;

  const entry = (key: Doing, label: string, icon: MenuEntry["icon"]): MenuEntry => ({
    key,
    label,
    icon,
    onSelect: () => setDoing(key),
  });
  const life = [
    ...(state === "active" && !isHome ? [entry("suspend", t("account.suspend"), CirclePause)] : []),
    ...(state === "active" ? [] : [entry("reactivate", t("account.reactivate"), CirclePlay)]),
    ...(state !== "closing" && !isHome ? [entry("close", t("account.close"), ArchiveX)] : []),
  ];
  const sections = [
    {
      key: "help",
      entries: [
        entry("invite", t("account.invite"), MailPlus),
        entry("plan", t("account.changePlan"), Gauge),
      ],
    },
    ...(life.length > 0 ? [{ key: "life", entries: life }] : []),
  ];

  const take = async (change: Promise<InstallationAccountDetails>, done: string) => {
    cache.setQueryData(installationKeys.account(account.id), await change);
    await cache.invalidateQueries({ queryKey: installationKeys.accounts });
    showToast(done);
  };
  const stop = () => setDoing(null);

  return (
    <>
      <Menu
        label={t("account.menu", { name })}
        width={250}
        sections={sections}
        trigger={(props) => (
          <Button icon={ChevronDown} {...props}>
            {t("account.actions")}
          </Button>
        )}
      />
      {doing === "suspend" && (
        <ConfirmDialog
          title={t("account.suspendTitle", { name })}
          body={t("account.suspendBody")}
          confirm={t("account.suspend")}
          withReason
          onConfirm={({ reason }) => take(suspendAccount(account.id, reason), t("account.suspended"))}
          onClose={stop}
        />
      )}
      {doing === "reactivate" && (
        <ConfirmDialog
          tone="primary"
          title={t("account.reactivateTitle", { name })}
          body={t("account.reactivateBody")}
          confirm={t("account.reactivate")}
          onConfirm={() => take(reactivateAccount(account.id), t("account.reactivated"))}
          onClose={stop}
        />
      )}
      {doing === "close" && (
        <ConfirmDialog
          title={t("account.closeTitle", { name })}
          body={t("account.closeBody")}
          confirm={t("account.close")}
          withReason
          typed={name}
          onConfirm={({ reason }) => take(closeAccount(account.id, reason), t("account.closed"))}
          onClose={stop}
        />
      )}
      {doing === "plan" && <PlanDialog account={account} onTake={take} onClose={stop} />}
      {doing === "invite" && <InviteAdminDialog account={account} onClose={stop} />}
    </>
  );
}
