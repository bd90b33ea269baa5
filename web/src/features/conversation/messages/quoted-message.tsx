import { useTranslation } from "react-i18next";
import type { QuotedMessage as Quoted } from "@/lib/wire/protocol.gen";
import { plainText } from "./text/text-format";
import classes from "./quoted-message.module.css";

interface QuotedMessageProps {
  quoted: Quoted;
  contactName: string;
  onClick?: ((quoted: Quoted) => void) | undefined;
}

const KIND_LABELS = [
  "image", "video", "audio", "document", "sticker", "location", "contacts", "order", "interactive", "template",
] as const;

/** The message that this one answers. A click goes there when we have it. */
export function QuotedMessage({ quoted, contactName, onClick }: QuotedMessageProps) {
  const { t } = useTranslation("messages");
  const kind = KIND_LABELS.find((label) => label === quoted.kind);
  const author = quoted.direction === "in" ? contactName : t(quoted.direction === "out" ? "quoted.us" : "quoted.title");
  const known = quoted.message_id !== null;
  const words = quoted.preview !== "" ? plainText(quoted.preview) : kind ? t(`kinds.${kind}`) : t("quoted.unknown");
  const inner = (
    <>
      <span className={classes.author} dir="auto">
        {author}
      </span>
      <span className={classes.preview} dir="auto" data-kind={quoted.preview === ""}>
        {quoted.preview !== "" && kind && <em>{t(`kinds.${kind}`)} · </em>}
        {words}
      </span>
    </>
  );
  if (!known || !onClick) return <div className={classes.quoted}>{inner}</div>;
  return (
    <button
      type="button"
      className={classes.quoted}
      aria-label={t("quoted.open", { author, preview: words })}
      onClick={() => onClick(quoted)}
    >
      {inner}
    </button>
  );
}
