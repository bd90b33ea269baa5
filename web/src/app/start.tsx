import "@fontsource-variable/figtree/index.css";
import "@mantine/core/styles.layer.css";
import "@/components/tokens.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { applyDocumentPreferences } from "@/app/document-preferences";
import {
  MediaUrlContext,
  mediaUrl as serverMediaUrl,
  type MediaUrl,
} from "@/features/conversation/messages/media-url";
import { deviceLocale, registerLanguage, startI18n } from "@/lib/i18n/i18n";
import type { OpenTransport } from "@/lib/live/transport";
import { preferences } from "@/lib/preferences";

registerLanguage("pt-BR", async () => (await import("@/app/languages/pt-BR")).default);
registerLanguage("en", async () => (await import("@/app/languages/en")).default);

/** Where the app begins; the ways to the server are handed in, so that the mock can bring its own. */
export async function start(
  openTransport: OpenTransport,
  mediaUrl: MediaUrl = serverMediaUrl,
): Promise<void> {
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root");
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
