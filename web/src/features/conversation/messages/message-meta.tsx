import { useTranslation } from "react-i18next";
import { clockTime } from "@/lib/time/format";
import type { MessageView } from "@/lib/wire/protocol.gen";
import { exactTime } from "./message-time";
import { StatusTicks } from "./status-ticks";
import classes from "./message-meta.module.css";

export type MetaPlace = "trailing" | "below" | "overlay" | "pill";

/** Time, "edited" and ticks. Floats at the end of the last line, or lies on the picture. */
export function MessageMeta({ message, place }: { message: MessageView; place: MetaPlace }) {
  const { t, i18n } = useTranslation("messages");
  return (
    <span className={classes.meta} data-place={place}>
      {message.edited_at !== null && message.deleted_at === null && (
        <span title={exactTime(message.edited_at, i18n.language)}>{t("item.edited")}</span>
      )}
      <time dateTime={message.at} title={exactTime(message.at, i18n.language)}>
        {clockTime(message.at, i18n.language)}
      </time>
      {message.direction === "out" && <StatusTicks status={message.status} statusAt={message.status_at} />}
    </span>
  );
}
