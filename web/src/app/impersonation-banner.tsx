import { useNavigate } from "@tanstack/react-router";
import { Undo2, VenetianMask } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/app/banner.module.css";
import { endImpersonation, useSession } from "@/lib/session";

/** Always there while somebody acts in another's place: in whose, why, and the way out. */
export function ImpersonationBanner() {
  const { t } = useTranslation("app");
  const { user, account, impersonated_by: impersonator } = useSession();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  if (impersonator === null) return null;
  const end = async () => {
    setBusy(true);
    await navigate({ to: "/settings" });
    await endImpersonation();
  };
  return (
    <div className={styles.banner} data-tone="mask" role="status" data-testid="impersonation">
      <VenetianMask size={18} aria-hidden="true" />
      <span>
        {t("impersonation.banner", {
          name: user.name,
          account: account.name,
          reason: impersonator.reason,
        })}
      </span>
      <button type="button" disabled={busy} onClick={() => void end()}>
        <Undo2 size={15} aria-hidden="true" />
        {t("impersonation.end")}
      </button>
    </div>
  );
}
