import type { MediaKind } from "@/features/conversation/model/outbox";

const MB = 1024 * 1024;

/** What WhatsApp takes, by kind (Cloud API, media, read 2026-11). The server checks again, and rewrites what it can. */
const MOST_BYTES: Record<MediaKind, number> = {
  // Bigger or other pictures are rewritten by the server, which accepts what it accepts of a document.
  image: 100 * MB,
  video: 16 * MB,
  audio: 16 * MB,
  document: 100 * MB,
};

/** The role a file plays. A film that WhatsApp does not show goes as a document. */
export function kindOfFile(file: Blob): MediaKind {
  if (/^image\/(jpeg|png|webp|heic|heif|bmp|tiff)$/.test(file.type)) return "image";
  if (/^video\/(mp4|3gpp)$/.test(file.type) && file.size <= MOST_BYTES.video) return "video";
  if (file.type.startsWith("audio/") && file.size <= MOST_BYTES.audio) return "audio";
  return "document";
}

/** Why it cannot be sent, with the limit in words; null when it can. */
export function refusalOf(file: Blob): { reason: "empty" } | { reason: "tooBig"; limit: string } | null {
  if (file.size === 0) return { reason: "empty" };
  const most = MOST_BYTES[kindOfFile(file)];
  return file.size > most ? { reason: "tooBig", limit: `${most / MB} MB` } : null;
}

/** Sounds carry no caption on WhatsApp. */
export function takesCaption(kind: MediaKind): boolean {
  return kind !== "audio";
}
