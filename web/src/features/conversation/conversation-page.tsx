import { useQuery, useQueryClient } from "@tanstack/react-query";
import { SearchX, TriangleAlert, WifiOff } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { historyQuery } from "@/features/conversation/api/history-query";
import { ContextPanel } from "@/features/conversation/components/context-panel";
import { ConversationHeader } from "@/features/conversation/components/conversation-header";
import { ConversationSkeleton } from "@/features/conversation/components/conversation-skeleton";
import { Timeline } from "@/features/conversation/components/timeline";
import { TicketDialogs, type TicketDialog } from "@/features/conversation/components/ticket-dialogs";
import { Composer, type ComposerHandle } from "@/features/conversation/composer/composer";
import styles from "@/features/conversation/conversation-page.module.css";
import { useConversationKeys } from "@/features/conversation/hooks/use-conversation-keys";
import { useMarkRead } from "@/features/conversation/hooks/use-mark-read";
import { useMessageActions } from "@/features/conversation/hooks/use-message-actions";
import { useOpenConversation } from "@/features/conversation/hooks/use-open-conversation";
import { useUnreadLine } from "@/features/conversation/hooks/use-unread-line";
import { LightboxProvider } from "@/features/conversation/messages/lightbox-context";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import { TripProvider } from "@/features/conversation/trip/trip-context";
import { TripDialog } from "@/features/conversation/trip/trip-dialog";
import { useOutboxEntries } from "@/features/conversation/model/outbox-context";
import { buildTimeline } from "@/features/conversation/model/timeline";
import { conversationQuery, departmentsQuery, membersQuery } from "@/lib/api/queries";
import { ProblemError } from "@/lib/http/problem";
import { useConnection } from "@/lib/live/live-context";
import { changePreferences, usePreference } from "@/lib/preferences";
import { useSession } from "@/lib/session";
import type { MessageView } from "@/lib/wire/protocol.gen";

interface ConversationPageProps {
  conversationId: string;
  onBack: () => void;
  /** After accepting from the queue: the conversation goes on under "mine". */
  onOpenMine: () => void;
}

export function ConversationPage({ conversationId, onBack, onOpenMine }: ConversationPageProps) {
  const { t } = useTranslation("app");
  const { user } = useSession();
  const cache = useQueryClient();
  const conversation = useQuery(conversationQuery(conversationId));
  const history = useQuery(historyQuery(cache, conversationId));
  const { data: members } = useQuery(membersQuery);
  const { data: departments } = useQuery(departmentsQuery);
  const outboxEntries = useOutboxEntries();
  const [replyTo, setReplyTo] = useState<MessageView | null>(null);
  const [dialog, setDialog] = useState<TicketDialog | null>(null);
  const [travelled, setTravelled] = useState<MessageView | null>(null);
  const [atEnd, setAtEnd] = useState(true);
  const composer = useRef<ComposerHandle>(null);
  const panelShown = usePreference("contextPanel");
  // On a narrow screen the panel covers the conversation: it opens only when asked for.
  const [panelAsked, setPanelAsked] = useState(false);

  useOpenConversation(conversationId, conversation, history);
  useMarkRead(conversation.data, atEnd && history.data?.phase === "live");
  const unread = useUnreadLine(conversation.data, history.data, user.id);

  const contactName = conversation.data?.contact.name ?? "";
  const viewer = useMemo<MessageViewer>(() => {
    const names = new Map(members?.map((member) => [member.id, member.name]));
    return { userId: user.id, contactName, nameOf: (id) => names.get(id) ?? null };
  }, [members, user.id, contactName]);

  const timeline = useMemo(
    () =>
      buildTimeline({
        items: history.data?.items ?? [],
        atStart: history.data?.nextBefore === null && history.data.phase === "live",
        outbox: outboxEntries.filter((entry) => entry.conversationId === conversationId),
        tickets: conversation.data?.tickets ?? [],
        userId: user.id,
        unread,
      }),
    [history.data, outboxEntries, conversationId, conversation.data, user.id, unread],
  );

  const reply = (message: MessageView) => {
    setReplyTo(message);
    composer.current?.focus();
  };
  const actions = useMessageActions(conversationId, reply);
  const ticket = conversation.data?.current_ticket ?? null;
  useConversationKeys({
    onClose: () => setDialog(ticket === null ? null : "close"),
    onReply: () => composer.current?.focus(),
    onEscape: onBack,
  });

  // Gone out of sight: what is still in the cache is not to be shown.
  const isGone = conversation.error instanceof ProblemError && conversation.error.status === 404;
  if (conversation.isError && (isGone || !conversation.data)) {
    return <ConversationTrouble error={conversation.error} onRetry={() => void conversation.refetch()} />;
  }
  if (!conversation.data) return <ConversationSkeleton />;

  const togglePanel = () => {
    if (window.matchMedia(NARROW).matches) setPanelAsked(!panelAsked);
    else changePreferences({ contextPanel: !panelShown });
  };
  const showsHistory =
    history.data !== undefined && (history.data.items.length > 0 || history.data.phase === "live");

  return (
    <section
      className={styles.page}
      data-testid="conversation"
      data-conversation-id={conversationId}
      aria-label={t("conversation.label", { name: contactName })}
    >
      <div className={styles.chat}>
        <ConversationHeader
          conversation={conversation.data}
          departments={departments ?? []}
          panelShown={panelShown}
          onBack={onBack}
          onDialog={setDialog}
          onTogglePanel={togglePanel}
        />
        <LightboxProvider>
          {showsHistory ? (
            <TripProvider value={setTravelled}>
              <Timeline
                items={timeline}
                conversation={conversation.data}
                departments={departments ?? []}
                viewer={viewer}
                actions={actions}
                hasOlder={history.data.nextBefore !== null}
                onAtEnd={setAtEnd}
              />
            </TripProvider>
          ) : history.isError ? (
            <ConversationTrouble error={history.error} onRetry={() => void history.refetch()} />
          ) : (
            <ConversationSkeleton bodyOnly />
          )}
        </LightboxProvider>
        {travelled !== null && <TripDialog message={travelled} onClose={() => setTravelled(null)} />}
        <Composer
          ref={composer}
          conversation={conversation.data}
          viewer={viewer}
          replyTo={replyTo}
          onReplyDone={() => setReplyTo(null)}
          onAccepted={onOpenMine}
        />
      </div>
      <ContextPanel
        conversation={conversation.data}
        departments={departments ?? []}
        viewer={viewer}
        shown={panelShown}
        asked={panelAsked}
        onClose={() => {
          setPanelAsked(false);
          if (!window.matchMedia(NARROW).matches) changePreferences({ contextPanel: false });
        }}
      />
      {ticket !== null && <TicketDialogs ticket={ticket} dialog={dialog} onClose={() => setDialog(null)} />}
    </section>
  );
}

/** As in conversation-page.module.css and context-panel.module.css. */
const NARROW = "(max-width: 1240px)";

function ConversationTrouble({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  const { t } = useTranslation("app");
  const { status } = useConnection();
  const missing = error instanceof ProblemError && error.status === 404;
  const which = missing ? "notFound" : status === "offline" ? "offline" : "error";
  const icon = missing ? SearchX : status === "offline" ? WifiOff : TriangleAlert;
  return (
    <div className={styles.trouble}>
      <EmptyState
        icon={icon}
        title={t(`conversation.${which}.title`)}
        body={t(`conversation.${which}.body`)}
        action={missing ? undefined : <Button onClick={onRetry}>{t("common.retry")}</Button>}
      />
    </div>
  );
}
