import { Bot, Smartphone, Zap, type LucideIcon } from "lucide-react";
import { memo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { hueOf } from "@/components/initials";
import { clockTime } from "@/lib/time/format";
import type { MessageView, QuotedMessage as Quoted } from "@/lib/wire/protocol.gen";
import { parseContent, type MessageContent } from "./content";
import { ForwardedMark, ProductInquiry, ReferralCard } from "./context-cards";
import { FailureNotice } from "./failure-notice";
import { focusNeighbour } from "./focus-neighbour";
import { MessageActions, type MessageActionsHandle } from "./message-actions";
import { DeletedNote, MessageBody, metaPlaceOf } from "./message-body";
import { canBeAnswered } from "./message-facts";
import { MessageMeta } from "./message-meta";
import type { MessageViewer } from "./message-viewer";
import { QuotedMessage } from "./quoted-message";
import { Reactions } from "./reactions";
import { SystemLine } from "./system-line";
import classes from "./message-item.module.css";

export interface MessageItemProps {
  message: MessageView;
  /** Continues the bubbles above it (`isGroupedWithPrevious`): no tail, no author line, less distance. */
  groupedWithPrevious: boolean;
  viewer: MessageViewer;
  /** Name of the colleague or bot who wrote it; null for the customer, the phone, and whoever is gone. */
  authorName: string | null;
  /** For a moment after a jump to it. */
  highlighted?: boolean;
  /** The one message of the list that Tab reaches; the arrow keys go on from there. */
  tabStop?: boolean;
  /** Object URL of a file that this computer is still sending. */
  localMediaUrl?: string | undefined;
  onReply?: ((message: MessageView) => void) | undefined;
  /** Null takes the viewer's reaction back. */
  onReact?: ((message: MessageView, emoji: string | null) => void) | undefined;
  onRetry?: ((message: MessageView, options: { evenIfUnconfirmed: boolean }) => void) | undefined;
  /** Asks the server to fetch a file again that never came. */
  onRetryMedia?: ((message: MessageView) => void) | undefined;
  onQuoteClick?: ((quoted: Quoted) => void) | undefined;
}

/** One message of a conversation, whatever its kind. */
export const MessageItem = memo(function MessageItem(props: MessageItemProps) {
  const { message, viewer } = props;
  const { t, i18n } = useTranslation("messages");
  const root = useRef<HTMLElement>(null);
  const actions = useRef<MessageActionsHandle>(null);
  // The buttons beside a bubble come with the first interest in it: 40 bubbles × 3 buttons would cost every scroll.
  const [engaged, setEngaged] = useState(false);
  const content = parseContent(message);
  const isLine = content.type === "system" || content.type === "welcome" || content.type === "reaction";
  const author = useAuthorName(props);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = onMessageKey(event.key, root.current, actions.current);
    if (handled) event.preventDefault();
  };

  return (
    <article
      ref={root}
      className={classes.message}
      data-testid="message"
      data-message-id={message.id}
      data-direction={message.direction}
      data-status={message.status}
      data-grouped={props.groupedWithPrevious}
      data-highlighted={props.highlighted}
      aria-label={t("item.label", { author, time: clockTime(message.at, i18n.language) })}
      tabIndex={props.tabStop ? 0 : -1}
      onKeyDown={onKeyDown}
      onFocus={() => setEngaged(true)}
      onPointerEnter={() => setEngaged(true)}
    >
      {isLine ? (
        <SystemLine message={message} content={content} />
      ) : (
        <div className={classes.line}>
          <Bubble {...props} content={content} />
          {engaged && (
            <MessageActions
              ref={actions}
              message={message}
              ownReaction={message.reactions.find((reaction) => reaction.reactor === viewer.userId)?.emoji ?? null}
              onReply={props.onReply}
              onReact={props.onReact}
              onRetry={props.onRetry}
            />
          )}
        </div>
      )}
      {(message.status === "failed" || message.status === "unconfirmed") && (
        <FailureNotice message={message} onRetry={props.onRetry} />
      )}
    </article>
  );
});

function onMessageKey(key: string, root: HTMLElement | null, actions: MessageActionsHandle | null): boolean {
  switch (key) {
    case "Enter":
    case "ContextMenu":
      return actions?.openMenu() ?? false;
    case "r":
      return actions?.reply() ?? false;
    case "ArrowUp":
      return focusNeighbour(root, -1);
    case "ArrowDown":
      return focusNeighbour(root, 1);
    default:
      return false;
  }
}

function Bubble(props: MessageItemProps & { content: MessageContent }) {
  const { message, viewer, content } = props;
  const deleted = message.deleted_at !== null;
  const bare = content.type === "sticker" && !deleted;
  const place = deleted ? "trailing" : metaPlaceOf(content);
  const meta = <MessageMeta message={message} place={place} />;
  const { onReact, onRetryMedia } = props;
  return (
    <div
      className={classes.bubble}
      data-bare={bare}
      data-tail={!props.groupedWithPrevious && !bare}
      data-content={deleted ? "deleted" : content.type}
      data-reacted={message.reactions.length > 0}
    >
      {!props.groupedWithPrevious && <AuthorLine {...props} />}
      {deleted ? (
        <DeletedNote byContact={message.direction === "in"} />
      ) : (
        <>
          <ContextParts message={message} viewer={viewer} onQuoteClick={props.onQuoteClick} />
          <MessageBody
            message={message}
            content={content}
            trailing={place === "trailing" ? meta : null}
            localMediaUrl={props.localMediaUrl}
            onRetryMedia={onRetryMedia && (() => onRetryMedia(message))}
          />
        </>
      )}
      {(place !== "trailing" || deleted) && meta}
      {message.reactions.length > 0 && (
        <Reactions
          reactions={message.reactions}
          viewer={viewer}
          onRemove={onReact && canBeAnswered(message) ? () => onReact(message, null) : undefined}
        />
      )}
    </div>
  );
}

function ContextParts({ message, viewer, onQuoteClick }: Pick<MessageItemProps, "message" | "viewer" | "onQuoteClick">) {
  const { context, referral } = message;
  return (
    <>
      {(context?.forwarded === true || context?.frequently_forwarded === true) && (
        <ForwardedMark frequently={context.frequently_forwarded ?? false} />
      )}
      {referral !== null && <ReferralCard referral={referral} />}
      {context?.referred_product && <ProductInquiry product={context.referred_product} />}
      {context?.quoted && (
        <QuotedMessage quoted={context.quoted} contactName={viewer.contactName} onClick={onQuoteClick} />
      )}
    </>
  );
}

const AUTHOR_ICONS: Partial<Record<MessageView["author_kind"], LucideIcon>> = {
  bot: Bot,
  phone: Smartphone,
  system: Zap,
};

/** Only where it is not obvious: colleagues, the bot, the phone and automatic messages; not the customer, not oneself. */
function AuthorLine(props: MessageItemProps) {
  const { message, viewer } = props;
  const name = useAuthorName(props);
  if (message.direction === "in" || message.author_id === viewer.userId) return null;
  const Icon = AUTHOR_ICONS[message.author_kind];
  return (
    <span
      className={classes.author}
      style={{ "--hue": `var(--hue-${hueOf(message.author_id ?? message.author_kind)})` }}
    >
      {Icon && <Icon size={13} aria-hidden />}
      {name}
    </span>
  );
}

function useAuthorName({ message, viewer, authorName }: MessageItemProps): string {
  const { t } = useTranslation("messages");
  if (message.direction === "in") return viewer.contactName;
  if (message.author_id === viewer.userId) return t("item.you");
  return authorName ?? t(`authors.${message.author_kind}`);
}
