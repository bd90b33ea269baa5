import { useTranslation } from "react-i18next";
import { FailedMedia, PendingMedia } from "./media-state";
import type { MediaProps } from "./picture-message";
import { useMediaSource } from "./use-media-source";
import classes from "./media-frame.module.css";

// WhatsApp's stickers are 512 px squares, drawn at about this size on the phone.
const STICKER_FRAME = { width: 148, height: 148 };

export function StickerMessage({ media, localUrl, onRetryMedia }: Omit<MediaProps, "caption" | "messageId">) {
  const { t } = useTranslation("messages");
  const source = useMediaSource(media, localUrl, onRetryMedia);
  if (source.state === "failed") return <FailedMedia text={t("sticker.failed")} {...source} />;
  if (source.state === "pending") return <PendingMedia frame={STICKER_FRAME} />;
  return (
    <div className={classes.sticker}>
      <img
        key={source.attempt}
        src={source.url}
        alt={t("sticker.alt")}
        loading="lazy"
        decoding="async"
        onError={source.onError}
      />
    </div>
  );
}
