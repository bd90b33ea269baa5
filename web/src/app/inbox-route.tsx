import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/app/inbox-route.module.css";
import { EmptyState } from "@/components/empty-state";
import { ConversationPage } from "@/features/conversation/conversation-page";
import { TicketListPane } from "@/features/inbox/ticket-list-pane";
import type { TicketFilter } from "@/lib/api/queries";
import { Outlet } from "@tanstack/react-router";

/** List and conversation side by side; on a phone one at a time: the URL says which. */
export function InboxRoute() {
  const { view } = useParams({ from: "/shell/inbox/$view" });
  const { conversationId } = useParams({ strict: false });
  const { q = "", unread = false, department = null } = useSearch({ from: "/shell/inbox/$view" });
  const navigate = useNavigate();
  const filter = useMemo<TicketFilter>(
    () => ({ view, q, unread, departmentId: department }),
    [view, q, unread, department],
  );

  const onFilter = (next: TicketFilter) => {
    const search = {
      ...(next.q !== "" && { q: next.q }),
      ...(next.unread && { unread: true as const }),
      ...(next.departmentId !== null && { department: next.departmentId }),
    };
    const staysOpen = conversationId !== undefined;
    void navigate({
      to: staysOpen ? "/inbox/$view/$conversationId" : "/inbox/$view",
      params: staysOpen ? { view: next.view, conversationId } : { view: next.view },
      search,
      // Typing a search is one step of the way back, not one a letter.
      replace: next.view === view,
    });
  };

  return (
    <div className={styles.panes} data-open={conversationId === undefined ? undefined : true}>
      <TicketListPane filter={filter} onFilter={onFilter} selectedId={conversationId ?? null} />
      <div className={styles.conversation}>
        <Outlet />
      </div>
    </div>
  );
}

export function NoConversation() {
  const { t } = useTranslation("app");
  return (
    <div className={styles.none}>
      <EmptyState
        icon={MessagesSquare}
        title={t("conversation.pickTitle")}
        body={t("conversation.pickBody")}
      />
    </div>
  );
}

export function ConversationRoute() {
  const { view, conversationId } = useParams({ from: "/shell/inbox/$view/$conversationId" });
  const navigate = useNavigate();
  return (
    <ConversationPage
      key={conversationId}
      conversationId={conversationId}
      onBack={() => void navigate({ to: "/inbox/$view", params: { view }, search: (search) => search })}
      onOpenMine={() =>
        void navigate({
          to: "/inbox/$view/$conversationId",
          params: { view: "mine", conversationId },
          replace: true,
        })
      }
    />
  );
}
