import { RefreshCw, WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/app/connection-banner.module.css";
import { useConnection, useLive } from "@/lib/live/live-context";
import { elapsed } from "@/lib/time/format";
import { useNow } from "@/lib/time/use-now";

/** Quiet: a strip above the panes, nothing is covered and everything can still be read and written. */
export function ConnectionBanner() {
  const { t } = useTranslation("app");
  const { status, since } = useConnection();
  const live = useLive();
  const now = useNow(15_000);
  const gap = now - since;
  const lasted = gap < 60_000 ? t("connection.sinceNow") : t("connection.since", { time: elapsed(gap, "") });
  return (
    <div
      className={styles.place}
      data-testid="connection-state"
      data-state={status}
      role="status"
      aria-live="polite"
    >
      {status === "offline" ? (
        <div className={styles.banner}>
          <WifiOff size={16} aria-hidden="true" />
          <span>{t("connection.offline", { since: lasted })}</span>
          <button type="button" onClick={() => live.wake()}>
            <RefreshCw size={14} aria-hidden="true" />
            {t("connection.retry")}
          </button>
        </div>
      ) : (
        <span className="visually-hidden">{status === "live" ? t("connection.live") : ""}</span>
      )}
    </div>
  );
}
