import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LifeBuoy, Smartphone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/dialog";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { RowsSkeleton } from "@/components/page-skeleton";
import { SettingsCard, SettingsRow } from "@/components/settings-page";
import { personalKeys, removeTotp, renewRecoveryCodes, secondFactorQuery } from "@/features/settings/api";
import { RecoveryCodesDialog } from "@/features/settings/security/recovery-codes-dialog";
import styles from "@/features/settings/security/security.module.css";
import { TotpDialog } from "@/features/settings/security/totp-dialog";
import { updateSession, useSession } from "@/lib/session";
import { agoTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import type { SecondFactorView } from "@/lib/wire/openapi.gen";

/** Below this it is time for new ones. */
const FEW_CODES = 3;

function isOn(factor: SecondFactorView): boolean {
  return factor.totp_since !== null || factor.passkeys > 0;
}

type Open = "set-up" | "remove" | "new-codes" | null;

export function SecondFactorCard() {
  const { t } = useTranslation("settings");
  const query = useQuery(secondFactorQuery);
  return (
    <SettingsCard
      flush
      title={t("security.factorTitle")}
      lead={t("security.factorLead")}
      aside={
        query.data && (
          <Badge tone={isOn(query.data) ? "success" : "neutral"}>
            {t(isOn(query.data) ? "security.on" : "security.off")}
          </Badge>
        )
      }
    >
      <Loaded query={query} skeleton={<RowsSkeleton rows={2} />}>
        {(factor) => <Factors factor={factor} />}
      </Loaded>
    </SettingsCard>
  );
}

function Factors({ factor }: { factor: SecondFactorView }) {
  const { t, i18n } = useTranslation("settings");
  const { t: app } = useTranslation("app");
  const cache = useQueryClient();
  const { impersonated_by: impersonator } = useSession();
  const [open, setOpen] = useState<Open>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const isLocked = impersonator !== null;
  const close = () => setOpen(null);
  const refresh = (hasOne: boolean) => {
    updateSession((session) => ({ ...session, second_factor: hasOne }));
    return cache.invalidateQueries({ queryKey: personalKeys.secondFactor });
  };
  const when = (iso: string) => agoTime(iso, i18n.language, app("common.now"));
  const left = factor.recovery_codes_left;

  return (
    <>
      <SettingsRow
        icon={<Smartphone size={19} strokeWidth={1.8} aria-hidden="true" />}
        title={t("security.appTitle")}
        body={
          factor.totp_since === null
            ? t("security.appOff")
            : t("security.appOn", { when: when(factor.totp_since) })
        }
        action={
          factor.totp_since !== null ? (
            <Button disabled={isLocked} onClick={() => setOpen("remove")}>
              {t("security.appRemove")}
            </Button>
          ) : (
            <Button variant="primary" disabled={isLocked} onClick={() => setOpen("set-up")}>
              {t("security.appSetUp")}
            </Button>
          )
        }
      />
      {(isOn(factor) || left > 0) && (
        <SettingsRow
          icon={<LifeBuoy size={19} strokeWidth={1.8} aria-hidden="true" />}
          title={
            <>
              {t("security.codesTitle")}
              {left <= FEW_CODES && <Badge tone="warning">{t("security.codesFew")}</Badge>}
            </>
          }
          body={left === 0 ? t("security.codesNone") : t("security.codesLeft", { count: left })}
          action={
            <Button disabled={isLocked} onClick={() => setOpen("new-codes")}>
              {t("security.codesNew")}
            </Button>
          }
        />
      )}
      {factor.is_mandatory && (
        <div className={styles.note}>
          <Notice>{t("security.required")}</Notice>
        </div>
      )}
      {open === "set-up" && (
        <TotpDialog
          onClose={close}
          onDone={(given) => {
            close();
            void refresh(true);
            showToast(t("security.setUpDone"));
            if (given.length > 0) setCodes(given);
          }}
        />
      )}
      {open === "remove" && (
        <ConfirmDialog
          title={t("security.appRemoveTitle")}
          body={t("security.appRemoveBody")}
          confirm={t("security.appRemove")}
          withPassword
          onClose={close}
          onConfirm={async ({ password }) => {
            await removeTotp(password);
            await refresh(factor.passkeys > 0);
            showToast(t("security.appRemoved"));
          }}
        />
      )}
      {open === "new-codes" && (
        <ConfirmDialog
          title={t("security.codesNewTitle")}
          body={t("security.codesNewBody")}
          confirm={t("security.codesNew")}
          tone="primary"
          onClose={close}
          onConfirm={async () => {
            const { recovery_codes } = await renewRecoveryCodes();
            await refresh(true);
            setCodes(recovery_codes);
          }}
        />
      )}
      {codes !== null && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />}
    </>
  );
}
