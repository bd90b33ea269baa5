import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import styles from "@/features/conversation/composer/reply-bar.module.css";
import { copyableText } from "@/features/conversation/messages/message-facts";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import type { MessageView } from "@/lib/wire/protocol.gen";

interface ReplyBarProps {
  message: MessageView;
  viewer: MessageViewer;
  onCancel: () => void;
}

const KINDS = [
  "image",
  "video",
  "audio",
  "document",
  "sticker",
  "location",
  "contacts",
  "order",
  "interactive",
  "template",
] as const;

/** Which message the one being written answers. */
export function ReplyBar({ message, viewer, onCancel }: ReplyBarProps) {
  const { t } = useTranslation("app");
  const kind = KINDS.find((item) => item === message.kind);
  const author = message.direction === "in" ? viewer.contactName : t("common.you");
  return (
    <div className={styles.bar}>
      <span className={styles.quote}>
        <strong>{t("composer.replyTo", { name: author })}</strong>
        <span>{copyableText(message) ?? t(`kinds.${kind ?? "text"}`)}</span>
      </span>
      <IconButton icon={X} size={17} label={t("composer.cancelReply")} onClick={onCancel} />
    </div>
  );
}
