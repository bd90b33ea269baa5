import { Info } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clockTime } from "@/lib/time/format";
import type { MessageView } from "@/lib/wire/protocol.gen";
import type { MessageContent } from "./content";
import { exactTime } from "./message-time";
import classes from "./separators.module.css";

type LineContent = Extract<MessageContent, { type: "system" | "welcome" | "reaction" }>;

const EVENTS = ["user_changed_number", "user_changed_user_id", "customer_identity_changed"] as const;

/** What WhatsApp says about the conversation, as a line across it. */
export function SystemLine({ message, content }: { message: MessageView; content: LineContent }) {
  const { i18n } = useTranslation("messages");
  const words = useLineText(content);
  return (
    <p className={classes.system} title={content.type === "system" ? (content.body ?? undefined) : undefined}>
      <Info size={14} aria-hidden />
      <span dir="auto">{words}</span>
      <time dateTime={message.at} title={exactTime(message.at, i18n.language)}>
        {clockTime(message.at, i18n.language)}
      </time>
    </p>
  );
}

function useLineText(content: LineContent): string {
  const { t } = useTranslation("messages");
  if (content.type === "welcome") return t("system.welcome");
  if (content.type === "reaction") {
    return content.emoji === null ? t("system.reactionRemoved") : t("system.reaction", { emoji: content.emoji });
  }
  const event = EVENTS.find((known) => known === content.event);
  if (event === undefined) return content.body ?? t("system.other");
  if (event === "user_changed_number" && content.waId !== null) {
    return t("system.user_changed_number_to", { phone: `+${content.waId}` });
  }
  return t(`system.${event}`);
}
