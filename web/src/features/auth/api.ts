/** The requests of signing in. Each that ends in a session adopts it. */
import { accessToken, request } from "@/lib/http/client";
import { adoptOutcome } from "@/lib/session";
import type { SignInOutcome } from "@/lib/wire/identity";
import type {
  EnrolledView,
  InvitationPreview,
  PasskeyOptionsView,
  SignedInView,
  TotpSetupView,
} from "@/lib/wire/openapi.gen";
import { provePasskey } from "@/lib/webauthn";

function post<T>(path: string, body: object): Promise<T> {
  return request<T>("POST", path, { body, anonymous: true });
}

export async function signIn(email: string, password: string): Promise<SignInOutcome> {
  return adoptOutcome(await post<SignInOutcome>("/auth/sign-in", { email, password }));
}

export async function proveCode(
  challenge: string,
  method: "totp" | "recovery_code",
  code: string,
): Promise<void> {
  accessToken.adopt(await post<SignedInView>("/auth/second-factor", { challenge, method, code }));
}

export async function proveWithPasskey(challenge: string): Promise<void> {
  const options = await post<PasskeyOptionsView>("/auth/second-factor/passkey-options", { challenge });
  const assertion = await provePasskey(options.publicKey);
  const body = { challenge: options.challenge, method: "passkey", assertion };
  accessToken.adopt(await post<SignedInView>("/auth/second-factor", body));
}

export async function signInWithPasskey(): Promise<void> {
  const { challenge, publicKey } = await post<PasskeyOptionsView>("/auth/passkeys/options", {});
  const assertion = await provePasskey(publicKey);
  accessToken.adopt(await post<SignedInView>("/auth/passkeys/sign-in", { challenge, assertion }));
}

export function startEnrolment(challenge: string): Promise<TotpSetupView> {
  return post<TotpSetupView>("/auth/enrolment/totp", { challenge });
}

/** Signed in from here on; answers the recovery codes, which are shown this once. */
export async function confirmEnrolment(challenge: string, code: string): Promise<string[]> {
  const enrolled = await post<EnrolledView>("/auth/enrolment/totp/confirm", { challenge, code });
  accessToken.adopt(enrolled);
  return enrolled.recovery_codes;
}

export function askForReset(email: string): Promise<null> {
  return post<null>("/auth/password/forgot", { email });
}

export function resetPassword(token: string, password: string): Promise<null> {
  return post<null>("/auth/password/reset", { token, password });
}

export function fetchInvitation(token: string, signal?: AbortSignal): Promise<InvitationPreview> {
  return request<InvitationPreview>("GET", `/auth/invitations/${encodeURIComponent(token)}`, {
    anonymous: true,
    signal,
  });
}

/** A new person brings name and password; who is signed in already brings their session. */
export async function acceptInvitation(
  token: string,
  newcomer: { name: string; password: string; locale: string } | null,
): Promise<SignInOutcome> {
  const path = `/auth/invitations/${encodeURIComponent(token)}/accept`;
  const options = { body: newcomer ?? {}, anonymous: newcomer !== null };
  return adoptOutcome(await request<SignInOutcome>("POST", path, options));
}
