import { useTranslation } from "react-i18next";
import type { Notifier } from "@/app/live/notifier";
import { useStore } from "@/lib/store";

/** The live region: says the newest message of an own conversation to whoever cannot see it arrive. */
export function LiveAnnouncer({ notifier }: { notifier: Notifier }) {
  const { t } = useTranslation("app");
  const message = useStore(notifier.latest, (value) => value);
  const kind = message?.kind ?? "text";
  const known = ["image", "video", "audio", "document", "sticker", "location", "contacts", "order"] as const;
  const name = known.find((item) => item === kind);
  const body = message?.content.body;
  const text = typeof body === "string" ? body : t(`kinds.${name ?? "text"}`);
  return (
    <div className="visually-hidden" aria-live="polite" role="log">
      {message && <p key={message.id}>{t("conversation.announce", { name: t("kinds.text"), text })}</p>}
    </div>
  );
}
