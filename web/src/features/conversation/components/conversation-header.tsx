import {
  ArrowLeft,
  ArrowRightLeft,
  CircleCheck,
  EllipsisVertical,
  Inbox,
  PanelRight,
  RotateCcw,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { Button } from "@/components/button";
import { DepartmentDot } from "@/components/department-dot";
import { Menu } from "@/components/menu";
import { IconButton } from "@/components/icon-button";
import { WindowCountdown } from "@/features/conversation/components/window-countdown";
import styles from "@/features/conversation/components/conversation-header.module.css";
import type { TicketDialog } from "@/features/conversation/components/ticket-dialogs";
import { useTicketActions } from "@/features/conversation/hooks/use-ticket-actions";
import { maySteer } from "@/features/conversation/model/composer-mode";
import { useMediaQuery } from "@/lib/use-media-query";
import { useSession } from "@/lib/session";
import type { ConversationView, DepartmentView } from "@/lib/wire/openapi.gen";

interface ConversationHeaderProps {
  conversation: ConversationView;
  departments: readonly DepartmentView[];
  panelShown: boolean;
  onBack: () => void;
  onDialog: (dialog: TicketDialog) => void;
  onTogglePanel: () => void;
}

export function ConversationHeader(props: ConversationHeaderProps) {
  const { conversation, departments, panelShown, onBack, onDialog, onTogglePanel } = props;
  const { t } = useTranslation("app");
  const { contact, current_ticket: ticket } = conversation;
  const shown = ticket ?? conversation.tickets[0];
  const department = departments.find((item) => item.id === shown?.department_id);
  return (
    <header className={styles.header}>
      <IconButton className={styles.back ?? ""} icon={ArrowLeft} label={t("common.back")} onClick={onBack} />
      <Avatar id={contact.id} name={contact.name} size={40} />
      <div className={styles.who}>
        <h1>{contact.name}</h1>
        <p>
          {shown && (
            <span className={styles.state} data-state={shown.state}>
              {t(`states.${shown.state}`)}
            </span>
          )}
          {department && (
            <span className={styles.department}>
              <DepartmentDot color={department.color} /> {department.name}
            </span>
          )}
          <span className={styles.via}>{t("conversation.via", { number: conversation.number.name })}</span>
        </p>
      </div>
      <WindowCountdown expiresAt={conversation.window_expires_at} />
      <HeaderActions conversation={conversation} onDialog={onDialog} />
      <IconButton
        icon={PanelRight}
        label={t(panelShown ? "conversation.hidePanel" : "conversation.showPanel")}
        aria-pressed={panelShown}
        onClick={onTogglePanel}
      />
    </header>
  );
}

/** The actions go into the menu where the name needs their place. */
const NARROW = "(max-width: 920px)";

function HeaderActions({
  conversation,
  onDialog,
}: Pick<ConversationHeaderProps, "conversation" | "onDialog">) {
  const { t } = useTranslation("app");
  const session = useSession();
  const actions = useTicketActions();
  const narrow = useMediaQuery(NARROW);
  const ticket = conversation.current_ticket;
  const last = conversation.tickets[0];

  if (ticket === null) {
    if (!last) return null;
    return (
      <Button
        icon={RotateCcw}
        busy={actions.busy === "reopen_ticket"}
        onClick={() => void actions.reopen(last.id)}
      >
        {t("conversation.reopen")}
      </Button>
    );
  }
  if (!maySteer(ticket, session)) return null;
  const transfer = {
    key: "transfer",
    label: t("conversation.transfer"),
    icon: ArrowRightLeft,
    onSelect: () => onDialog("transfer"),
  };
  const close = {
    key: "close",
    label: t("conversation.closeTicket"),
    icon: CircleCheck,
    onSelect: () => onDialog("close"),
  };
  const toQueue = {
    key: "queue",
    label: t("conversation.toQueue"),
    icon: Inbox,
    onSelect: () => void actions.toQueue(ticket.id),
  };
  const entries = [
    ...(narrow ? [transfer] : []),
    ...(ticket.assignee_id === null ? [] : [toQueue]),
    ...(narrow ? [close] : []),
  ];
  return (
    <>
      {!narrow && (
        <>
          <IconButton
            icon={ArrowRightLeft}
            label={t("conversation.transfer")}
            onClick={() => onDialog("transfer")}
          />
          <Button icon={CircleCheck} data-testid="close-ticket" onClick={() => onDialog("close")}>
            {t("conversation.closeTicket")}
          </Button>
        </>
      )}
      {entries.length > 0 && (
        <Menu
          label={t("conversation.more")}
          sections={[{ key: "actions", entries }]}
          trigger={(props) => (
            <IconButton {...props} icon={EllipsisVertical} label={t("conversation.more")} />
          )}
        />
      )}
    </>
  );
}
