import { Timer, TimerOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/features/conversation/components/window-countdown.module.css";
import { elapsed, fullTime } from "@/lib/time/format";
import { useNow } from "@/lib/time/use-now";

/** With less than this left the countdown asks for attention. */
const SOON_MS = 2 * 3_600_000;

/** How long the customer may still be answered freely. Always in sight: it decides what can be written. */
export function WindowCountdown({ expiresAt }: { expiresAt: string | null }) {
  const { t, i18n } = useTranslation("app");
  const now = useNow(20_000);
  const left = expiresAt === null ? 0 : Date.parse(expiresAt) - now;
  const state = left <= 0 ? "closed" : left < SOON_MS ? "soon" : "open";
  const time = elapsed(left, t("common.now"));
  const text =
    expiresAt === null
      ? t("conversation.windowNever")
      : t(`conversation.window${state === "closed" ? "Closed" : state === "soon" ? "Soon" : "Open"}`, {
          time,
        });
  const Icon = state === "closed" ? TimerOff : Timer;
  const until = expiresAt === null ? "" : ` (${fullTime(expiresAt, i18n.language)})`;
  return (
    <span className={styles.window} data-state={state} title={`${t("conversation.windowExplain")}${until}`}>
      <Icon size={15} aria-hidden="true" />
      <span className={styles.full}>{text}</span>
      <span className={styles.short} aria-hidden="true">
        {state === "closed" ? "" : time}
      </span>
    </span>
  );
}
