import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/dialog";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { apiKeysQuery, revokeApiKey, useRefreshApiKeys } from "@/features/settings/api-keys/api";
import { HowToCall } from "@/features/settings/api-keys/how-to-call";
import { IssuedDialog } from "@/features/settings/api-keys/issued-dialog";
import { KeyDialog } from "@/features/settings/api-keys/key-dialog";
import { KeysTable, type KeyAction } from "@/features/settings/api-keys/keys-table";
import { RotateDialog } from "@/features/settings/api-keys/rotate-dialog";
import { permissionsQuery } from "@/lib/api/company";
import { departmentsQuery } from "@/lib/api/queries";
import { useSession } from "@/lib/session";
import { showToast } from "@/lib/toasts";
import type { ApiKeyView, IssuedApiKey } from "@/lib/wire/openapi.gen";

type Doing = { action: "create" } | { action: KeyAction; apiKey: ApiKeyView };

export default function ApiKeysPage() {
  const { t } = useTranslation("apiKeys");
  const { impersonated_by: impersonator, user } = useSession();
  const query = useQuery(apiKeysQuery);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [issued, setIssued] = useState<IssuedApiKey | null>(null);
  const isLooking = impersonator !== null;
  const create = (
    <Button variant="primary" icon={Plus} disabled={isLooking} onClick={() => setDoing({ action: "create" })}>
      {t("create")}
    </Button>
  );
  const onAction = (apiKey: ApiKeyView, action: KeyAction) => setDoing({ action, apiKey });
  const over = query.data?.filter((apiKey) => apiKey.state !== "active") ?? [];
  return (
    <SettingsPage title={t("title")} lead={t("lead")} width="table" actions={create}>
      {isLooking && <Notice>{t("impersonating", { name: user.name })}</Notice>}
      <SettingsCard flush title={t("active")}>
        <Loaded query={query}>
          {(keys) => (
            <KeysTable
              label={t("active")}
              keys={keys.filter((apiKey) => apiKey.state === "active")}
              create={create}
              onAction={isLooking ? null : onAction}
            />
          )}
        </Loaded>
      </SettingsCard>
      <HowToCall />
      {over.length > 0 && (
        <SettingsCard flush title={t("over")} lead={t("overLead")}>
          <KeysTable label={t("over")} keys={over} onAction={null} />
        </SettingsCard>
      )}
      {doing !== null && <KeyDialogs doing={doing} onIssued={setIssued} onClose={() => setDoing(null)} />}
      {issued && <IssuedDialog issued={issued} onClose={() => setIssued(null)} />}
    </SettingsPage>
  );
}

interface KeyDialogsProps {
  doing: Doing;
  onIssued: (issued: IssuedApiKey) => void;
  onClose: () => void;
}

function KeyDialogs({ doing, onIssued, onClose }: KeyDialogsProps) {
  const { t } = useTranslation("apiKeys");
  const refresh = useRefreshApiKeys();
  const { data: permissions = [] } = useQuery(permissionsQuery);
  const { data: departments = [] } = useQuery(departmentsQuery);
  if (doing.action === "rotate") return <RotateDialog {...{ onIssued, onClose }} apiKey={doing.apiKey} />;
  if (doing.action !== "revoke") {
    const apiKey = doing.action === "change" ? doing.apiKey : null;
    return <KeyDialog {...{ apiKey, permissions, departments, onIssued, onClose }} />;
  }
  const { id, name } = doing.apiKey;
  return (
    <ConfirmDialog
      title={t("revoke.title", { name })}
      body={t("revoke.body")}
      confirm={t("revoke.confirm")}
      onClose={onClose}
      onConfirm={async () => {
        await revokeApiKey(id);
        await refresh();
        showToast(t("revoke.done", { name }));
      }}
    />
  );
}
