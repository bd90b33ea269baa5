/** Questions about a message that several components ask. Pure. */
import type { MessageView } from "@/lib/wire/protocol.gen";
import { dayKey } from "@/lib/time/format";
import { parseContent } from "./content";

// Longer pauses deserve their own author line and tail; the phone groups within about the same span.
const GROUP_GAP_MS = 5 * 60_000;

const LINE_TYPES = new Set(["system", "welcome", "reaction"]);

/** Drawn as a line across the conversation instead of a bubble. */
export function isSystemLine(message: MessageView): boolean {
  return LINE_TYPES.has(parseContent(message).type);
}

/** Whether `message` continues the bubbles of `previous`: same author, same day, shortly after. */
export function isGroupedWithPrevious(previous: MessageView | null | undefined, message: MessageView): boolean {
  if (previous === null || previous === undefined) return false;
  return (
    previous.direction === message.direction &&
    previous.author_kind === message.author_kind &&
    previous.author_id === message.author_id &&
    previous.ticket_id === message.ticket_id &&
    !isSystemLine(previous) &&
    !isSystemLine(message) &&
    Math.abs(Date.parse(message.at) - Date.parse(previous.at)) < GROUP_GAP_MS &&
    dayKey(message.at) === dayKey(previous.at)
  );
}

/** WhatsApp knows it: it can be quoted and reacted to. */
export function canBeAnswered(message: MessageView): boolean {
  const onItsWay = ["queued", "sending", "unconfirmed", "failed"].includes(message.status);
  return !onItsWay && message.deleted_at === null && !isSystemLine(message);
}

/** What "copy" puts on the clipboard; null when there is nothing to copy. */
export function copyableText(message: MessageView): string | null {
  if (message.deleted_at !== null) return null;
  const content = parseContent(message);
  switch (content.type) {
    case "text":
      return content.body;
    case "picture":
    case "video":
    case "document":
      return content.caption;
    case "location":
      return [content.name, content.address, `${content.latitude}, ${content.longitude}`].filter(Boolean).join("\n");
    case "contacts":
      return content.cards
        .map((card) => [card.name, ...card.phones.map((entry) => entry.phone), ...card.emails].join("\n"))
        .join("\n\n");
    case "tap":
      return content.title;
    case "form":
      return content.answers.map((answer) => `${answer.label}: ${answer.value}`).join("\n");
    case "structured":
      return [content.header, content.body, content.footer].filter(Boolean).join("\n") || null;
    case "order":
      return content.text;
    default:
      return null;
  }
}

/** A message that is drawn without a bubble around it. */
export function isBare(message: MessageView): boolean {
  return message.deleted_at === null && message.kind === "sticker";
}
