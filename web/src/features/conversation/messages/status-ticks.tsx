import { useTranslation } from "react-i18next";
import { exactTime } from "./message-time";
import type { MessageView } from "@/lib/wire/protocol.gen";
import classes from "./status-ticks.module.css";

interface StatusTicksProps {
  status: MessageView["status"];
  statusAt: string | null;
}

/**
 * How far one of our messages got. Every state has its own shape, so that colour only repeats what the shape says:
 * clock, one tick, two ticks, two ticks on a badge (read), a microphone (played), an exclamation and a question mark.
 */
export function StatusTicks({ status, statusAt }: StatusTicksProps) {
  const { t, i18n } = useTranslation("app");
  if (status === "received") return null;
  const label = t(`ticks.${status}`);
  const at = statusAt === null ? "" : exactTime(statusAt, i18n.language);
  return (
    <span
      className={classes.ticks}
      data-status={status}
      role="img"
      aria-label={label}
      title={at === "" ? label : `${label} · ${at}`}
    >
      <svg viewBox="0 0 20 14" width="20" height="14" aria-hidden>
        <Shape status={status} />
      </svg>
    </span>
  );
}

function Shape({ status }: { status: Exclude<MessageView["status"], "received"> }) {
  switch (status) {
    case "queued":
    case "sending":
      return (
        <>
          <circle cx="13" cy="7" r="5" />
          <path d="M13 4.2V7l1.8 1.4" />
        </>
      );
    case "sent":
      return <path d="M7.5 7.4l3.2 3.2L17 4" />;
    case "delivered":
      return <path d="M2.5 7.4l3.2 3.2L12 4M9 9.6l1 1L16.5 4" />;
    case "read":
      return (
        <>
          <rect className={classes.badge} x="0" y="0.5" width="20" height="13" rx="6.5" />
          <path className={classes.onBadge} d="M3.8 7.3l2.6 2.6 5-5.3M9.5 9.2l.7.7 5-5.3" />
        </>
      );
    case "played":
      return (
        <>
          <rect className={classes.badge} x="3" y="0.5" width="17" height="13" rx="6.5" />
          <path className={classes.onBadge} d="M11.5 3.4a1.4 1.4 0 0 1 1.4 1.4v1.7a1.4 1.4 0 1 1-2.8 0V4.8a1.4 1.4 0 0 1 1.4-1.4zM8.6 6.6a2.9 2.9 0 0 0 5.8 0M11.5 9.5v1.6" />
        </>
      );
    case "failed":
      return (
        <>
          <circle className={classes.badge} cx="13" cy="7" r="6" />
          <path className={classes.onBadge} d="M13 4v3.6M13 10h.01" />
        </>
      );
    case "unconfirmed":
      return (
        <>
          <circle cx="13" cy="7" r="6" />
          <path d="M11.3 5.6a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.9.6-.9 1.1M13 10.3h.01" />
        </>
      );
  }
}
