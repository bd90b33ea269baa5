import { createContext, lazy, Suspense, useContext, useMemo, useState, type ReactNode } from "react";

export interface LightboxPicture {
  messageId: string;
  url: string;
  alt: string;
  fileName: string | null;
}

type OpenLightbox = (picture: LightboxPicture) => void;

const LightboxContext = createContext<OpenLightbox>((picture) => {
  window.open(picture.url, "_blank", "noopener");
});

// Most conversations are read without it: its code comes with the first picture that somebody opens.
const Lightbox = lazy(() => import("./lightbox"));

/**
 * Around the list of messages. It lives above the rows, so that a picture stays open when its row scrolls away.
 * Without it a picture opens in a new tab.
 */
export function LightboxProvider({ children }: { children: ReactNode }) {
  const [picture, setPicture] = useState<LightboxPicture | null>(null);
  const open = useMemo<OpenLightbox>(() => (next) => setPicture(next), []);
  return (
    <LightboxContext value={open}>
      {children}
      {picture !== null && (
        <Suspense fallback={null}>
          <Lightbox picture={picture} onClose={() => setPicture(null)} />
        </Suspense>
      )}
    </LightboxContext>
  );
}

export function useLightbox(): OpenLightbox {
  return useContext(LightboxContext);
}
