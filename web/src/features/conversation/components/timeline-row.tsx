import { memo } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/features/conversation/components/timeline.module.css";
import type { MessageActions } from "@/features/conversation/hooks/use-message-actions";
import { MessageItem } from "@/features/conversation/messages/message-item";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import { DaySeparator, TicketSeparator, UnreadLine } from "@/features/conversation/messages/separators";
import type { TimelineItem } from "@/features/conversation/model/timeline";
import type { DepartmentView } from "@/lib/wire/openapi.gen";
import type { QuotedMessage } from "@/lib/wire/protocol.gen";

interface TimelineRowProps {
  item: TimelineItem;
  departments: readonly DepartmentView[];
  viewer: MessageViewer;
  actions: MessageActions;
  onQuoteClick: (quoted: QuotedMessage) => void;
  highlighted: boolean;
  tabStop: boolean;
}

export const TimelineRow = memo(function TimelineRow(props: TimelineRowProps) {
  const { item, departments, viewer, actions, onQuoteClick, highlighted, tabStop } = props;
  const { t } = useTranslation("app");
  switch (item.type) {
    case "beginning":
      return <p className={styles.beginning}>{t("conversation.beginning")}</p>;
    case "day":
      return <DaySeparator at={item.at} />;
    case "unread":
      return <UnreadLine count={item.count} />;
    case "ticket": {
      const { ticket, event } = item;
      return (
        <TicketSeparator
          protocol={ticket.protocol}
          event={event}
          at={event === "closed" ? (ticket.closed_at ?? ticket.created_at) : ticket.created_at}
          departmentName={
            event === "opened"
              ? (departments.find(({ id }) => id === ticket.department_id)?.name ?? null)
              : ticket.close_reason
          }
          personName={
            event === "closed" && ticket.assignee_id !== null ? viewer.nameOf(ticket.assignee_id) : null
          }
        />
      );
    }
    case "message": {
      const { message, entry } = item;
      const progress = entry?.file && entry.state === "sending" ? entry.file.progress : null;
      return (
        <>
          <MessageItem
            message={message}
            groupedWithPrevious={item.grouped}
            viewer={viewer}
            authorName={message.author_id === null ? null : viewer.nameOf(message.author_id)}
            highlighted={highlighted}
            tabStop={tabStop}
            localMediaUrl={entry?.file?.previewUrl ?? undefined}
            onReply={actions.onReply}
            onReact={actions.onReact}
            onRetry={actions.onRetry}
            onRetryMedia={actions.onRetryMedia}
            onQuoteClick={onQuoteClick}
          />
          {progress !== null && progress < 1 && (
            <progress className={styles.upload} value={progress} max={1} aria-label={t("ticks.sending")} />
          )}
        </>
      );
    }
  }
});
