import { MantineProvider } from "@mantine/core";
import { RouterProvider } from "@tanstack/react-router";
import { useState, useSyncExternalStore } from "react";
import { resolvedTheme, watchTheme } from "@/app/document-preferences";
import { buildRouter } from "@/app/router";
import { theme } from "@/app/theme";
import { cspNonce } from "@/lib/csp-nonce";
import type { OpenTransport } from "@/lib/live/transport";

/** An empty one matches no policy, and needs none. */
const styleNonce = () => cspNonce() ?? "";

export function App({ openTransport }: { openTransport: OpenTransport }) {
  const [router] = useState(() => buildRouter(openTransport));
  const colorScheme = useSyncExternalStore(watchTheme, resolvedTheme);
  return (
    <MantineProvider theme={theme} forceColorScheme={colorScheme} getStyleNonce={styleNonce}>
      <RouterProvider router={router} />
    </MantineProvider>
  );
}
