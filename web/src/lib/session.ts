import { accessToken, request } from "@/lib/http/client";
import { ProblemError } from "@/lib/http/problem";
import { canStore, readStored, writeStored } from "@/lib/storage";
import { Store, useStore } from "@/lib/store";
import type { SignInOutcome } from "@/lib/wire/identity";
import type { SessionView, SignedInView } from "@/lib/wire/openapi.gen";
import type { Problem } from "@/lib/wire/protocol.gen";

export type SessionState =
  | { status: "unknown" }
  | { status: "signed-in"; session: SessionView }
  /** `ended`: the person was signed in here and did not sign out. `problem`: what the server said about it. */
  | { status: "signed-out"; ended: boolean; problem: Problem | null };

export const sessionState = new Store<SessionState>({ status: "unknown" });

/**
 * Says that somebody signed in on this device, nothing more: the refresh cookie cannot be seen from here, and asking
 * without one would be an error in the console of every first visit.
 */
const WAS_HERE = "prosa.was-here";

accessToken.subscribe((signedIn, problem) => {
  writeStored(WAS_HERE, signedIn === null ? null : true);
  sessionState.set((current) => {
    // Renewals bring the session along: role and departments may have changed.
    if (signedIn !== null) return { status: "signed-in", session: signedIn.session };
    if (current.status === "signed-out") return current;
    return { status: "signed-out", ended: current.status === "signed-in", problem };
  });
});

/** The session of the refresh cookie, or null when nobody is signed in. Throws UnreachableError when the server is. */
export async function restoreSession(): Promise<SessionView | null> {
  const current = sessionState.get();
  if (current.status === "signed-in") return current.session;
  if (current.status === "signed-out") return null;
  if (readStored(WAS_HERE) !== true && canStore()) return null;
  try {
    await accessToken.fresh();
  } catch (error) {
    if (error instanceof ProblemError && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
  const restored = sessionState.get();
  return restored.status === "signed-in" ? restored.session : null;
}

/** One step of signing in: adopted when it was the last one, else the answer says what is still wanted. */
export function adoptOutcome(outcome: SignInOutcome): SignInOutcome {
  if (outcome.outcome === "signed_in") accessToken.adopt(outcome);
  return outcome;
}

/** While this side ends a session, the socket's word that it ended is no news, before the answer or after it. */
let isLeaving = false;

async function leave(then: () => void | Promise<void>): Promise<void> {
  isLeaving = true;
  try {
    // The server's part may fail (offline): this browser forgets the session either way.
    await request<null>("POST", "/auth/sign-out").catch(() => undefined);
    await then();
  } finally {
    isLeaving = false;
  }
}

function forget(): void {
  sessionState.set({ status: "signed-out", ended: false, problem: null });
  accessToken.adopt(null);
}

export function signOut(): Promise<void> {
  return leave(forget);
}

/** Back to oneself: after signing out of somebody else's place, the cookie is the own session's again. */
export function endImpersonation(): Promise<void> {
  return leave(async () => {
    await accessToken.renew().catch(forget);
  });
}

/** Another person, another company, or somebody in another's place: everything cached is about the one before. */
export function identityOf({ user, account, impersonated_by: impersonator }: SessionView): string {
  return [user.id, account.id, impersonator?.id].join("/");
}

/**
 * The server ended the session while it was in use. The cookie knows why (an account that was suspended), or leads on to
 * another session: somebody's own, when an impersonation was ended in another tab.
 */
export async function endSession(): Promise<void> {
  const before = sessionState.get();
  if (isLeaving || before.status !== "signed-in") return;
  // What it answers is adopted, refusals with their problem.
  await accessToken.renew().catch(() => undefined);
  const now = sessionState.get();
  const isOther = now.status === "signed-in" && identityOf(before.session) !== identityOf(now.session);
  if (!isOther) accessToken.adopt(null);
}

/** Acts in somebody's place from the answer on; ends with `endImpersonation`. Super admins only. */
export async function impersonate(accountId: string, userId: string, reason: string): Promise<void> {
  const body = { user_id: userId, reason };
  const path = `/installation/accounts/${accountId}/impersonate`;
  accessToken.adopt(await request<SignedInView>("POST", path, { body }));
}

/** Another of the person's accounts, in every tab of this browser at its next renewal. */
export async function switchAccount(accountId: string): Promise<SignedInView> {
  return request<SignedInView>("POST", "/auth/switch-account", { body: { account_id: accountId } });
}

/** Brings what changed on the server (name, second factor, logo) into the session on the screen. */
export function updateSession(change: (session: SessionView) => SessionView): void {
  sessionState.set((state) =>
    state.status === "signed-in" ? { ...state, session: change(state.session) } : state,
  );
}

/** Inside the shell, where somebody is signed in. */
export function useSession(): SessionView {
  const state = useStore(sessionState, (value) => value);
  if (state.status !== "signed-in") throw new Error("useSession outside of a session");
  return state.session;
}
