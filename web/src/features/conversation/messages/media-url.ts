/** Where the bytes of a file are. The `prosa_media` cookie authorises the request, so plain elements can load it. */
import { createContext, useContext } from "react";

export type MediaUrl = (mediaId: string) => string;

export const mediaUrl: MediaUrl = (mediaId) => `/media/${encodeURIComponent(mediaId)}`;

/** Replaced only where no server is: in the gallery and in mock mode. */
export const MediaUrlContext = createContext<MediaUrl>(mediaUrl);

export function useMediaUrl(mediaId: string): string {
  return useContext(MediaUrlContext)(mediaId);
}
