import { useTranslation } from "react-i18next";
import type { MediaView } from "@/lib/wire/protocol.gen";
import { VoicePlayer } from "../voice/voice-player";
import { FailedMedia, PendingMedia } from "./media-state";
import { useMediaSource } from "./use-media-source";

interface AudioMessageProps {
  voice: boolean;
  media: MediaView | null;
  localUrl?: string | undefined;
  onRetryMedia?: (() => void) | undefined;
}

// As large as the player that follows.
const PLAYER_FRAME = { width: 300, height: 52 };

export function AudioMessage({ voice, media, localUrl, onRetryMedia }: AudioMessageProps) {
  const { t } = useTranslation("messages");
  const source = useMediaSource(media, localUrl, onRetryMedia);
  if (source.state === "failed") return <FailedMedia text={t("voice.failed")} {...source} />;
  if (source.state === "pending") return <PendingMedia frame={PLAYER_FRAME} />;
  return (
    <VoicePlayer
      url={source.url}
      mimeType={media?.mime_type ?? ""}
      size={media?.size ?? null}
      durationMs={media?.duration_ms ?? null}
      fileName={media?.file_name ?? null}
      voice={voice}
    />
  );
}
