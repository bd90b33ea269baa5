import { AlertCircle, Check, CheckCheck, CircleHelp, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/components/ticks.module.css";
import type { MessageView } from "@/lib/wire/protocol.gen";

type Status = MessageView["status"];

const ICONS = {
  queued: Clock,
  sending: Clock,
  unconfirmed: CircleHelp,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  played: CheckCheck,
  failed: AlertCircle,
} as const;

/** How far an own message got: told by shape, colour only repeats it (read: blue). Nothing for received ones. */
export function Ticks({ status, size = 15 }: { status: Status; size?: number }) {
  const { t } = useTranslation("app");
  if (status === "received") return null;
  const Icon = ICONS[status];
  return (
    <span className={styles.ticks} data-status={status} role="img" aria-label={t(`ticks.${status}`)}>
      <Icon size={size} strokeWidth={2.25} aria-hidden="true" />
    </span>
  );
}
