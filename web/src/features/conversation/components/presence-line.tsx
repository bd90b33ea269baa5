import { Eye, PencilLine } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/features/conversation/components/timeline.module.css";
import type { MessageViewer } from "@/features/conversation/messages/message-viewer";
import { useTyping, useViewing } from "@/lib/live/ephemeral";

interface PresenceLineProps {
  conversationId: string;
  viewer: MessageViewer;
}

/** Colleagues who look at or answer the same conversation right now: the guard against answering twice. */
export function PresenceLine({ conversationId, viewer }: PresenceLineProps) {
  const { t, i18n } = useTranslation("app");
  const typing = useTyping(conversationId).filter((id) => id !== viewer.userId);
  const viewing = useViewing(conversationId).filter((id) => id !== viewer.userId);
  const ids = typing.length > 0 ? typing : viewing;
  const names = ids.map((id) => viewer.nameOf(id)?.split(" ")[0]).filter((name) => name !== undefined);
  const Icon = typing.length > 0 ? PencilLine : Eye;
  return (
    <div className={styles.presence} role="status" data-active={typing.length > 0 || undefined}>
      {names.length > 0 && (
        <>
          <Icon size={14} aria-hidden="true" />
          {t(typing.length > 0 ? "conversation.typing" : "conversation.viewing", {
            count: names.length,
            names: new Intl.ListFormat(i18n.language).format(names),
          })}
        </>
      )}
    </div>
  );
}
