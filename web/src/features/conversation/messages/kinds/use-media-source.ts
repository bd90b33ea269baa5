import { useState } from "react";
import type { MediaView } from "@/lib/wire/protocol.gen";
import { useMediaUrl } from "../media-url";

export type MediaSource =
  | { state: "pending" }
  | { state: "failed"; retry: (() => void) | undefined; downloadUrl: string | undefined }
  | { state: "ready"; url: string; attempt: number; onError: () => void };

/**
 * Where a file stands. `localUrl` shows a file that is still being sent from this computer. A stored file that the browser
 * cannot load counts as failed, and trying again only asks the browser; one that never reached us asks the server.
 */
export function useMediaSource(
  media: MediaView | null,
  localUrl: string | undefined,
  onRetryMedia: (() => void) | undefined,
): MediaSource {
  const remoteUrl = useMediaUrl(media?.id ?? "");
  const [attempt, setAttempt] = useState(0);
  const [brokenAttempt, setBrokenAttempt] = useState<number | null>(null);
  const onError = () => setBrokenAttempt(attempt);
  if (localUrl !== undefined) return { state: "ready", url: localUrl, attempt: 0, onError: () => undefined };
  if (media === null || media.state === "pending") return { state: "pending" };
  if (media.state === "failed") return { state: "failed", retry: onRetryMedia, downloadUrl: undefined };
  if (brokenAttempt === attempt) {
    return { state: "failed", retry: () => setAttempt((before) => before + 1), downloadUrl: remoteUrl };
  }
  return { state: "ready", url: remoteUrl, attempt, onError };
}
