import { Link } from "@tanstack/react-router";
import { Hourglass, Timer } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { DepartmentDot } from "@/components/department-dot";
import { Ticks } from "@/components/ticks";
import { PreviewLine } from "@/features/inbox/components/preview-line";
import styles from "@/features/inbox/components/ticket-row.module.css";
import { isWaiting, windowHint } from "@/features/inbox/model/ticket-row-facts";
import type { TicketListName } from "@/lib/api/queries";
import { clockTime, elapsed, fullTime, listTime } from "@/lib/time/format";
import type { DepartmentView, TicketView } from "@/lib/wire/openapi.gen";

interface TicketRowProps {
  ticket: TicketView;
  view: TicketListName;
  department: DepartmentView | undefined;
  /** Shown where tickets of several people are mixed. */
  assigneeName: string | null;
  selected: boolean;
  now: number;
  onPrefetch: (conversationId: string) => void;
}

export const TicketRow = memo(function TicketRow(props: TicketRowProps) {
  const { ticket, view, department, assigneeName, selected, now, onPrefetch } = props;
  const { t, i18n } = useTranslation("app");
  const locale = i18n.language;
  const { contact, preview } = ticket;
  const unread = ticket.unread_count > 0;
  const waiting = isWaiting(ticket)
    ? Date.parse(ticket.waiting_since ?? ticket.queued_at ?? ticket.created_at)
    : null;
  const hint = windowHint(ticket, now);
  const moment = view === "closed" && ticket.closed_at !== null ? ticket.closed_at : ticket.last_message_at;
  const own = preview.direction === "out";
  return (
    <Link
      to="/inbox/$view/$conversationId"
      params={{ view, conversationId: ticket.conversation_id }}
      search={(search) => search}
      className={styles.row}
      data-testid="ticket-row"
      data-conversation-id={ticket.conversation_id}
      data-unread={ticket.unread_count}
      data-selected={selected || undefined}
      aria-current={selected ? "page" : undefined}
      title={t("list.protocol", { protocol: ticket.protocol })}
      onPointerDown={() => onPrefetch(ticket.conversation_id)}
      draggable={false}
    >
      <Avatar id={contact.id} name={contact.name} />
      <span className={styles.text}>
        <span className={styles.line}>
          <span className={styles.name} data-unread={unread || undefined}>
            {contact.name}
          </span>
          <time dateTime={moment} className={styles.time} data-unread={unread || undefined}>
            {listTime(moment, locale, new Date(now))}
          </time>
        </span>
        <span className={styles.line}>
          <span className={styles.preview} data-unread={unread || undefined}>
            {own && preview.status && <Ticks status={preview.status} />}
            <PreviewLine preview={preview} />
          </span>
          {unread && (
            <span className={styles.badge} aria-label={t("list.unread", { count: ticket.unread_count })}>
              {ticket.unread_count > 99 ? "99+" : ticket.unread_count}
            </span>
          )}
        </span>
        <span className={`${styles.line ?? ""} ${styles.meta ?? ""}`}>
          {department && (
            <span className={styles.department}>
              <DepartmentDot color={department.color} />
              <span>
                {department.name}
                {assigneeName !== null && ` · ${assigneeName}`}
              </span>
            </span>
          )}
          {hint !== null && (
            <span className={styles.hint} title={t("conversation.windowExplain")}>
              <Timer size={12} aria-hidden="true" />
              {t("list.windowEnds", { time: elapsed(hint, t("common.now")) })}
            </span>
          )}
          {hint === null && waiting !== null && (
            <span
              className={styles.waiting}
              data-long={now - waiting > 15 * 60_000 || undefined}
              title={t("list.waitingTitle", { time: waitTitle(waiting, now, locale) })}
            >
              <Hourglass size={11} aria-hidden="true" />
              {elapsed(now - waiting, t("common.now"))}
            </span>
          )}
        </span>
      </span>
    </Link>
  );
});

function waitTitle(since: number, now: number, locale: string): string {
  const iso = new Date(since).toISOString();
  return now - since < 12 * 3_600_000 ? clockTime(iso, locale) : fullTime(iso, locale);
}
