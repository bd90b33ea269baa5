import { Play, Video } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { duration as playingTime } from "@/lib/time/format";
import { plainText } from "../text/text-format";
import { frameFor, frameStyle } from "./media-frame";
import { FailedMedia, PendingMedia } from "./media-state";
import type { MediaProps } from "./picture-message";
import { useMediaSource } from "./use-media-source";
import classes from "./media-frame.module.css";

// The first frame of a phone's video is often black; browsers draw the one that the fragment names as the poster.
const POSTER_FRAGMENT = "#t=0.1";

export function VideoMessage({ media, caption, localUrl, onRetryMedia }: MediaProps) {
  const { t } = useTranslation("messages");
  const video = useRef<HTMLVideoElement>(null);
  const [started, setStarted] = useState(false);
  const source = useMediaSource(media, localUrl, onRetryMedia);
  const frame = frameFor(media?.width, media?.height);
  if (source.state === "failed") return <FailedMedia text={t("video.failed")} {...source} />;
  if (source.state === "pending") return <PendingMedia frame={frame} />;
  const duration = media?.duration_ms ? playingTime(media.duration_ms) : null;
  const start = () => {
    setStarted(true);
    video.current?.focus();
    // Refused when the browser wants another gesture; the controls are shown then.
    video.current?.play().catch(() => undefined);
  };
  return (
    <div className={classes.frame} style={frameStyle(frame)}>
      <video
        key={source.attempt}
        ref={video}
        src={source.url + POSTER_FRAGMENT}
        aria-label={caption === null ? t("video.label") : plainText(caption)}
        preload="metadata"
        playsInline
        controls={started}
        tabIndex={started ? 0 : -1}
        onError={source.onError}
      />
      {!started && (
        <button type="button" className={classes.play} onClick={start} aria-label={t("video.play")}>
          <span>
            <Play size={24} aria-hidden />
          </span>
        </button>
      )}
      {!started && (
        <span className={classes.duration}>
          <Video size={12} aria-hidden />
          {duration}
        </span>
      )}
    </div>
  );
}
