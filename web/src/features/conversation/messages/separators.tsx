import { useTranslation } from "react-i18next";
import { dayLabel } from "@/lib/time/format";
import { exactTime } from "./message-time";
import classes from "./separators.module.css";

/** "Hoje", "Ontem", "quinta-feira", "12 de março". `at` is any moment of the day. */
export function DaySeparator({ at, now }: { at: string; now?: Date }) {
  const { i18n } = useTranslation("messages");
  return (
    <div className={classes.day} role="separator" aria-label={dayLabel(at, i18n.language, now)}>
      <span>{dayLabel(at, i18n.language, now)}</span>
    </div>
  );
}

export interface TicketSeparatorProps {
  /** Protocol number as the customer knows it. */
  protocol: string;
  event: "opened" | "reopened" | "closed";
  at: string;
  departmentName?: string | null;
  /** Who closed or accepted it, if that was a person. */
  personName?: string | null;
}

/** Where one episode of service begins or ends in the conversation. */
export function TicketSeparator({ protocol, event, at, departmentName, personName }: TicketSeparatorProps) {
  const { t, i18n } = useTranslation("messages");
  const facts = [departmentName, personName].filter((fact) => fact !== null && fact !== undefined && fact !== "");
  const title = t(`ticket.${event}`);
  return (
    <div className={classes.ticket} role="separator" aria-label={`${title} ${protocol}`} data-event={event}>
      <span title={exactTime(at, i18n.language)}>
        <strong>{title}</strong>
        <code>{protocol}</code>
        {facts.length > 0 && <span>{facts.join(" · ")}</span>}
      </span>
    </div>
  );
}

/** Above the first message that the viewer has not seen. */
export function UnreadLine({ count }: { count: number }) {
  const { t } = useTranslation("messages");
  return (
    <div className={classes.unread} role="separator" aria-label={t("unread", { count })}>
      <span>{t("unread", { count })}</span>
    </div>
  );
}
