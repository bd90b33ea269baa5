/** What a person may ask about and change of their own: /v1/me. */
import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type {
  AddedPasskeyView,
  PasskeyRegistrationView,
  PasskeyView,
  RecoveryCodesView,
  SecondFactorView,
  OpenSessionView,
  SessionView,
  TotpSetupView,
} from "@/lib/wire/openapi.gen";
import { createPasskey } from "@/lib/webauthn";

export const personalKeys = {
  sessions: ["me", "sessions"] as const,
  secondFactor: ["me", "second-factor"] as const,
  passkeys: ["me", "passkeys"] as const,
};

export const sessionsQuery = queryOptions({
  queryKey: personalKeys.sessions,
  queryFn: ({ signal }) => request<OpenSessionView[]>("GET", "/me/sessions", { signal }),
});

export const secondFactorQuery = queryOptions({
  queryKey: personalKeys.secondFactor,
  queryFn: ({ signal }) => request<SecondFactorView>("GET", "/me/second-factor", { signal }),
});

export const passkeysQuery = queryOptions({
  queryKey: personalKeys.passkeys,
  queryFn: ({ signal }) => request<PasskeyView[]>("GET", "/me/passkeys", { signal }),
});

export function changeMe(change: { name?: string; locale?: string }): Promise<SessionView> {
  return request<SessionView>("PATCH", "/me", { body: change });
}

export function changePassword(current: string, next: string): Promise<null> {
  return request<null>("PUT", "/me/password", {
    body: { current_password: current, new_password: next },
  });
}

export function endSession(id: string): Promise<null> {
  return request<null>("DELETE", `/me/sessions/${id}`);
}

export function endOtherSessions(): Promise<unknown> {
  return request("POST", "/me/sessions/end-others");
}

export function startTotp(): Promise<TotpSetupView> {
  return request<TotpSetupView>("POST", "/me/second-factor/totp");
}

export function confirmTotp(code: string): Promise<RecoveryCodesView> {
  return request<RecoveryCodesView>("POST", "/me/second-factor/totp/confirm", { body: { code } });
}

export function removeTotp(password: string): Promise<null> {
  return request<null>("DELETE", "/me/second-factor/totp", { body: { password } });
}

export function renewRecoveryCodes(): Promise<RecoveryCodesView> {
  return request<RecoveryCodesView>("POST", "/me/second-factor/recovery-codes");
}

/** The whole ceremony: what the server asks, the device answers. */
export async function addPasskey(name: string): Promise<AddedPasskeyView> {
  const { publicKey } = await request<PasskeyRegistrationView>("POST", "/me/passkeys/options");
  const attestation = await createPasskey(publicKey);
  return request<AddedPasskeyView>("POST", "/me/passkeys", { body: { name, attestation } });
}

export function removePasskey(id: string): Promise<null> {
  return request<null>("DELETE", `/me/passkeys/${id}`);
}
