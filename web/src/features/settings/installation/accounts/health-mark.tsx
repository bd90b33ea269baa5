import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isOutboxLate } from "@/components/usage/usage-model";
import styles from "@/features/settings/installation/installation.module.css";
import { useNow } from "@/lib/time/use-now";
import type { InstallationAccount } from "@/lib/wire/openapi.gen";

export const STATE_TONES = {
  active: "success",
  suspended: "warning",
  closing: "danger",
  closed: "neutral",
} as const;

/** The server counts no further. */
const MOST_PARKED = 1000;

/** In a word what is wrong with a company, the most urgent first. */
export function HealthMark({ account }: { account: InstallationAccount }) {
  const { t } = useTranslation("installation");
  const { state, health } = account;
  const now = useNow(60_000);
  if (health.is_fine)
    return (
      <span className={styles.health} data-fine>
        <CircleCheck size={16} aria-hidden="true" />
        {t("health.fine")}
      </span>
    );
  const trouble =
    state !== "active"
      ? null
      : health.parked_webhooks > 0
        ? t(health.parked_webhooks >= MOST_PARKED ? "health.parkedMore" : "health.parked", {
            count: health.parked_webhooks,
          })
        : health.admins === 0
          ? t("health.noAdmin")
          : health.numbers_not_fine > 0 && !isOutboxLate(health.outbox_oldest_at, now)
            ? t("health.numbers", { count: health.numbers_not_fine })
            : t("health.outbox");
  if (trouble === null)
    return (
      <span className={styles.health} data-off>
        {t("health.state")}
      </span>
    );
  return (
    <span className={styles.health}>
      <TriangleAlert size={16} aria-hidden="true" />
      {trouble}
    </span>
  );
}
