import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "@/components/dialog";
import { disablePerson, enablePerson, installationKeys } from "@/features/settings/installation/api";
import { impersonate } from "@/lib/session";
import { showToast } from "@/lib/toasts";
import type { PersonAccount, PersonView } from "@/lib/wire/openapi.gen";

export type PersonDoing =
  | { action: "impersonate"; person: PersonView; account: PersonAccount }
  | { action: "disable" | "enable"; person: PersonView };

export function PersonDialogs({ doing, onClose }: { doing: PersonDoing; onClose: () => void }) {
  const { t } = useTranslation("installation");
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { name, id } = doing.person;

  const take = async (change: Promise<unknown>, done: string) => {
    await change;
    await cache.invalidateQueries({ queryKey: installationKeys.all });
    showToast(done);
  };

  if (doing.action === "impersonate") {
    const { account } = doing;
    return (
      <ConfirmDialog
        tone="primary"
        title={t("impersonate.title", { name })}
        body={t("impersonate.body", { account: account.name })}
        confirm={t("impersonate.confirm")}
        withReason
        onClose={onClose}
        onConfirm={async ({ reason }) => {
          await impersonate(account.id, id, reason);
          await navigate({ to: "/" });
        }}
      />
    );
  }
  if (doing.action === "disable")
    return (
      <ConfirmDialog
        title={t("people.disableTitle", { name })}
        body={t("people.disableBody")}
        confirm={t("people.disable")}
        withReason
        onClose={onClose}
        onConfirm={({ reason }) => take(disablePerson(id, reason), t("people.disabledDone"))}
      />
    );
  return (
    <ConfirmDialog
      tone="primary"
      title={t("people.enableTitle", { name })}
      body={t("people.enableBody")}
      confirm={t("people.enable")}
      onClose={onClose}
      onConfirm={() => take(enablePerson(id), t("people.enabledDone"))}
    />
  );
}
