// One line for a message: in the list, in quotes, above the composer.

import { t } from "./texts.js";

const SIGNS = { image: "📷", video: "🎬", audio: "🎤", document: "📄", sticker: "🙂", location: "📍", contacts: "👤", order: "🛍️" };
const NAMES = { image: "photo", video: "video", audio: "voice", document: "document", sticker: "sticker", location: "location", contacts: "contact", order: "order" };

export function summarise(message) {
  if (message.deleted) return t("deleted");
  const content = message.content ?? {};
  switch (message.type) {
    case "text":
      return content.body ?? "";
    case "interactive":
      return content.body?.text ?? content.button_reply?.title ?? content.list_reply?.title ?? t("interactive");
    case "button":
      return content.text ?? "";
    case "template":
      return content.body ?? t("template");
    default: {
      const sign = SIGNS[message.type];
      if (!sign) return t("unsupported");
      const words = content.caption || content.filename || content.name || t(NAMES[message.type]);
      return `${sign} ${words}`;
    }
  }
}
