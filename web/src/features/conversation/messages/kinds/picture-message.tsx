import { useTranslation } from "react-i18next";
import type { MediaView } from "@/lib/wire/protocol.gen";
import { useLightbox } from "../lightbox-context";
import { plainText } from "../text/text-format";
import { frameFor, frameStyle } from "./media-frame";
import { FailedMedia, PendingMedia } from "./media-state";
import { useMediaSource } from "./use-media-source";
import classes from "./media-frame.module.css";

export interface MediaProps {
  messageId: string;
  media: MediaView | null;
  caption: string | null;
  localUrl?: string | undefined;
  onRetryMedia?: (() => void) | undefined;
}

export function PictureMessage({ messageId, media, caption, localUrl, onRetryMedia }: MediaProps) {
  const { t } = useTranslation("messages");
  const openLightbox = useLightbox();
  const source = useMediaSource(media, localUrl, onRetryMedia);
  const frame = frameFor(media?.width, media?.height);
  if (source.state === "failed") return <FailedMedia text={t("picture.failed")} {...source} />;
  if (source.state === "pending") return <PendingMedia frame={frame} />;
  const alt = caption === null ? t("picture.alt") : plainText(caption);
  return (
    <button
      type="button"
      className={`${classes.frame} ${classes.open}`}
      style={frameStyle(frame)}
      aria-label={t("picture.open", { name: alt })}
      onClick={() => openLightbox({ messageId, url: source.url, alt, fileName: media?.file_name ?? null })}
    >
      <img key={source.attempt} src={source.url} alt={alt} loading="lazy" decoding="async" onError={source.onError} />
    </button>
  );
}
