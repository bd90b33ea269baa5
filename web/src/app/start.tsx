import "@fontsource-variable/figtree/index.css";
import "@mantine/core/styles.layer.css";
import "@/components/tokens.css";

import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { registerAreaTexts } from "@/app/languages/texts";
import { applyDocumentPreferences } from "@/app/document-preferences";
import {
  MediaUrlContext,
  mediaUrl as serverMediaUrl,
  type MediaUrl,
} from "@/features/conversation/messages/media-url";
import { cspNonce } from "@/lib/csp-nonce";
import { deviceLocale, registerLanguage, startI18n } from "@/lib/i18n/i18n";
import type { OpenTransport } from "@/lib/live/transport";
import { preferences } from "@/lib/preferences";

registerLanguage("pt-BR", async () => (await import("@/app/languages/pt-BR")).default);
registerLanguage("en", async () => (await import("@/app/languages/en")).default);
registerAreaTexts();

/** Where the app begins; the ways to the server are handed in, so that the mock can bring its own. */
export async function start(
  openTransport: OpenTransport,
  mediaUrl: MediaUrl = serverMediaUrl,
): Promise<void> {
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root");
  // react-remove-scroll, which dialogs use, makes a <style> of its own.
  const nonce = cspNonce();
  if (nonce !== undefined) setNonce(nonce);
  applyDocumentPreferences();
  await startI18n(preferences().locale ?? deviceLocale());
  createRoot(root).render(
    <StrictMode>
      <MediaUrlContext value={mediaUrl}>
        <App openTransport={openTransport} />
      </MediaUrlContext>
    </StrictMode>,
  );
}
