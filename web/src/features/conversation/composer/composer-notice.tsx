import { Bot, Hourglass, TimerOff, UserRound, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/features/conversation/composer/composer-notice.module.css";
import { useTicketActions } from "@/features/conversation/hooks/use-ticket-actions";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import type { ComposerMode } from "@/features/conversation/model/composer-mode";
import { fullTime } from "@/lib/time/format";

interface ComposerNoticeProps {
  mode: ComposerMode;
  viewer: MessageViewer;
  onAccepted: () => void;
}

/** Above the field: why writing is not what it usually is, and what can be done. */
export function ComposerNotice({ mode, viewer, onAccepted }: ComposerNoticeProps) {
  const { t, i18n } = useTranslation("app");
  const actions = useTicketActions();

  const accept = async (ticketId: string) => {
    if (await actions.accept(ticketId)) onAccepted();
  };
  const busy = actions.busy === "accept_ticket";

  switch (mode.kind) {
    case "open":
      return null;
    case "closed":
      return <p className={styles.line}>{t("composer.closedTicket")}</p>;
    case "queued":
      return (
        <Notice
          icon={Hourglass}
          title={t("composer.queuedTitle")}
          body={t("composer.queuedBody")}
          tone="accent"
        >
          <Button
            variant="primary"
            busy={busy}
            data-testid="accept-ticket"
            onClick={() => void accept(mode.ticketId)}
          >
            {t("composer.acceptTicket")}
          </Button>
        </Notice>
      );
    case "bot":
      return (
        <Notice icon={Bot} title={t("composer.botTitle")} body={t("composer.botBody")} tone="accent">
          <Button
            variant="primary"
            busy={busy}
            data-testid="accept-ticket"
            onClick={() => void accept(mode.ticketId)}
          >
            {t("composer.takeOver")}
          </Button>
        </Notice>
      );
    case "others": {
      const name = viewer.nameOf(mode.assigneeId) ?? "…";
      return (
        <Notice
          icon={UserRound}
          title={t("composer.othersTitle", { name })}
          body={t(mode.mayWrite ? "composer.othersSupervisor" : "composer.othersBody")}
          tone="calm"
        />
      );
    }
    case "window_closed":
      return (
        <Notice
          icon={TimerOff}
          title={t("composer.closedWindowTitle")}
          body={
            mode.lastInboundAt === null
              ? t("composer.closedWindowNever")
              : t("composer.closedWindowBody", { when: fullTime(mode.lastInboundAt, i18n.language) })
          }
          tone="calm"
        />
      );
  }
}

interface NoticeProps {
  icon: LucideIcon;
  title: string;
  body: string;
  tone: "accent" | "calm";
  children?: ReactNode;
}

function Notice({ icon: Icon, title, body, tone, children }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone} role="note">
      <Icon size={20} strokeWidth={1.8} aria-hidden="true" />
      <p>
        <strong>{title}</strong>
        <span>{body}</span>
      </p>
      {children}
    </div>
  );
}
