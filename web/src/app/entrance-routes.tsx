import { QueryClientProvider } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { AnnouncementBanner } from "@/app/announcement-banner";
import { buildQueryClient } from "@/app/query-client";
import { Entrance } from "@/features/auth/entrance";
import { ForgotPasswordPage } from "@/features/auth/forgot-password-page";
import { InvitationPage } from "@/features/auth/invitation-page";
import { ResetPasswordPage } from "@/features/auth/reset-password-page";
import { SignInPage } from "@/features/auth/sign-in-page";

/** The frame around everything before the session. */
export function EntranceRoute() {
  const [cache] = useState(buildQueryClient);
  return (
    <QueryClientProvider client={cache}>
      <Entrance announcement={<AnnouncementBanner />}>
        <Outlet />
      </Entrance>
    </QueryClientProvider>
  );
}

export function SignInRoute() {
  const router = useRouter();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/entrance/sign-in" });
  return (
    <SignInPage
      onSignedIn={() => router.history.push(next ?? "/")}
      onForgot={() => void navigate({ to: "/forgot-password" })}
    />
  );
}

export function ForgotPasswordRoute() {
  const navigate = useNavigate();
  return <ForgotPasswordPage onBack={() => void navigate({ to: "/sign-in" })} />;
}

/** The secret of a mail's link, after # or ?. It leaves the address bar at once: shoulders and screenshots. */
function useLinkToken(search: { token?: string }): string | null {
  const [token] = useState(
    () => new URLSearchParams(location.hash.slice(1)).get("token") ?? search.token ?? null,
  );
  useEffect(() => {
    if (token !== null) history.replaceState(history.state, "", location.pathname);
  }, [token]);
  return token;
}

export function ResetPasswordRoute() {
  const navigate = useNavigate();
  const token = useLinkToken(useSearch({ from: "/entrance/reset-password" }));
  return (
    <ResetPasswordPage
      token={token}
      onSignIn={() => void navigate({ to: "/sign-in" })}
      onAskAgain={() => void navigate({ to: "/forgot-password" })}
    />
  );
}

export function InvitationRoute() {
  const navigate = useNavigate();
  const router = useRouter();
  const token = useLinkToken(useSearch({ from: "/entrance/invitation" }));
  const back = token === null ? {} : { next: `/invitation#token=${encodeURIComponent(token)}` };
  return (
    <InvitationPage
      token={token}
      onSignedIn={() => router.history.push("/")}
      onSignIn={() => void navigate({ to: "/sign-in", search: back })}
    />
  );
}
