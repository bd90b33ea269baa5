import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Fingerprint, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/dialog";
import { IconButton } from "@/components/icon-button";
import { Loaded } from "@/components/loaded";
import { RowsSkeleton } from "@/components/page-skeleton";
import { SettingsCard, SettingsRow } from "@/components/settings-page";
import { passkeysQuery, personalKeys, removePasskey } from "@/features/settings/api";
import { AddPasskeyDialog } from "@/features/settings/security/add-passkey-dialog";
import { RecoveryCodesDialog } from "@/features/settings/security/recovery-codes-dialog";
import styles from "@/features/settings/security/security.module.css";
import { useSession } from "@/lib/session";
import { agoTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { passkeyObstacle } from "@/lib/webauthn";
import type { PasskeyView } from "@/lib/wire/openapi.gen";

export function PasskeysCard() {
  const { t, i18n } = useTranslation("settings");
  const { t: app } = useTranslation("app");
  const { t: forms } = useTranslation("forms");
  const { impersonated_by: impersonator } = useSession();
  const cache = useQueryClient();
  const query = useQuery(passkeysQuery);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<PasskeyView | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const obstacle = passkeyObstacle();
  const when = (iso: string) => agoTime(iso, i18n.language, app("common.now"));
  const refresh = () => cache.invalidateQueries({ queryKey: ["me"] });

  return (
    <SettingsCard
      flush
      title={t("security.passkeysTitle")}
      lead={t("security.passkeysLead")}
      aside={
        <Button
          icon={Plus}
          disabled={obstacle !== null || impersonator !== null}
          data-testid="add-passkey"
          onClick={() => setAdding(true)}
        >
          {t("security.passkeyAdd")}
        </Button>
      }
    >
      <Loaded query={query} skeleton={<RowsSkeleton rows={1} />}>
        {(passkeys) =>
          passkeys.length === 0 ? (
            <p className={styles.none}>
              {obstacle === null ? t("security.passkeyNone") : forms(`passkey.${obstacle}`)}
            </p>
          ) : (
            passkeys.map((passkey) => (
              <SettingsRow
                key={passkey.id}
                icon={<Fingerprint size={19} strokeWidth={1.8} aria-hidden="true" />}
                title={passkey.name}
                body={[
                  t("security.passkeyCreated", { when: when(passkey.created_at) }),
                  passkey.last_used_at === null
                    ? t("security.passkeyUnused")
                    : t("security.passkeyUsed", { when: when(passkey.last_used_at) }),
                ].join(" · ")}
                action={
                  <IconButton
                    icon={Trash2}
                    size={18}
                    label={t("security.passkeyRemove", { name: passkey.name })}
                    disabled={impersonator !== null}
                    onClick={() => setRemoving(passkey)}
                  />
                }
              />
            ))
          )
        }
      </Loaded>
      {adding && (
        <AddPasskeyDialog
          onClose={() => setAdding(false)}
          onDone={(given) => {
            setAdding(false);
            void cache.invalidateQueries({ queryKey: personalKeys.passkeys });
            void refresh();
            showToast(t("security.passkeyAdded"));
            if (given.length > 0) setCodes(given);
          }}
        />
      )}
      {removing !== null && (
        <ConfirmDialog
          title={t("security.passkeyRemoveTitle", { name: removing.name })}
          body={t("security.passkeyRemoveBody")}
          confirm={t("security.remove")}
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await removePasskey(removing.id);
            await refresh();
            showToast(t("security.passkeyRemoved"));
          }}
        />
      )}
      {codes !== null && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </SettingsCard>
  );
}
