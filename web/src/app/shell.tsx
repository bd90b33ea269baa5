import { QueryClientProvider } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouteContext } from "@tanstack/react-router";
import { Suspense, lazy, useEffect, useState } from "react";
import { AnnouncementBanner } from "@/app/announcement-banner";
import { ConnectionBanner } from "@/app/connection-banner";
import { ImpersonationBanner } from "@/app/impersonation-banner";
import { LiveAnnouncer } from "@/app/live/live-announcer";
import { NavigationRail } from "@/app/navigation-rail";
import { Runtime } from "@/app/runtime";
import { brandCss } from "@/app/brand-color";
import { useAppDialogs } from "@/app/use-app-dialogs";
import styles from "@/app/shell.module.css";
import { Toaster } from "@/components/toaster";
import { OutboxProvider } from "@/features/conversation/model/outbox-context";
import { cspNonce } from "@/lib/csp-nonce";
import { deviceLocale, switchLanguage } from "@/lib/i18n/i18n";
import { LiveProvider } from "@/lib/live/live-context";
import { preferences } from "@/lib/preferences";
import { identityOf, sessionState } from "@/lib/session";
import { useStore } from "@/lib/store";
import type { SessionView } from "@/lib/wire/openapi.gen";
import type { OpenTransport } from "@/lib/live/transport";

const Palette = lazy(() => import("@/app/palette"));
const ShortcutsDialog = lazy(() => import("@/app/shortcuts-dialog"));

/** Everything behind the sign-in. One runtime per signed-in person; it ends with their session. */
export function Shell() {
  const { openTransport } = useRouteContext({ from: "/shell" });
  const state = useStore(sessionState, (value) => value);
  const navigate = useNavigate();
  const signedOut = state.status === "signed-out";

  useEffect(() => {
    if (signedOut) void navigate({ to: "/sign-in", search: state.ended ? { next: location.pathname } : {} });
  }, [signedOut, state, navigate]);

  if (state.status !== "signed-in") return null;
  return <SignedIn key={identityOf(state.session)} session={state.session} openTransport={openTransport} />;
}

function localeOf(session: SessionView): "pt-BR" | "en" {
  return session.user.locale === "en" ? "en" : session.user.locale === "pt-BR" ? "pt-BR" : deviceLocale();
}

function SignedIn({ session, openTransport }: { session: SessionView; openTransport: OpenTransport }) {
  const [runtime] = useState(() => new Runtime(session, openTransport));
  const dialogs = useAppDialogs();
  const brand = brandCss(session.account.brand_color);
  const locale = localeOf(session);

  useEffect(() => {
    runtime.start();
    return () => {
      runtime.stop();
      runtime.forget();
    };
  }, [runtime]);

  useEffect(() => {
    if (preferences().locale === null) void switchLanguage(locale);
  }, [locale]);

  return (
    <QueryClientProvider client={runtime.cache}>
      <LiveProvider value={runtime.live}>
        <OutboxProvider value={runtime.outbox}>
          {brand && <style nonce={cspNonce()}>{brand}</style>}
          <div className={styles.shell}>
            <NavigationRail onPalette={dialogs.openPalette} onShortcuts={dialogs.openShortcuts} />
            <div className={styles.main}>
              {session.impersonated_by !== null && <ImpersonationBanner />}
              <AnnouncementBanner />
              <ConnectionBanner />
              <Outlet />
            </div>
          </div>
          <LiveAnnouncer notifier={runtime.notifier} />
          <Toaster />
          <Suspense fallback={null}>
            {dialogs.palette && (
              <Palette onClose={dialogs.closePalette} onShortcuts={dialogs.openShortcuts} />
            )}
            {dialogs.shortcuts && <ShortcutsDialog onClose={dialogs.closeShortcuts} />}
          </Suspense>
        </OutboxProvider>
      </LiveProvider>
    </QueryClientProvider>
  );
}
