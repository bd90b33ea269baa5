import { accessToken, request } from "@/lib/http/client";
import { ProblemError } from "@/lib/http/problem";
import { Store, useStore } from "@/lib/store";
import type { SessionView, SignedInView } from "@/lib/wire/openapi.gen";

export type SessionState =
  | { status: "unknown" }
  | { status: "signed-in"; session: SessionView }
  /** `ended`: the person was signed in here and did not sign out. */
  | { status: "signed-out"; ended: boolean };

export const sessionState = new Store<SessionState>({ status: "unknown" });

accessToken.subscribe((signedIn) => {
  sessionState.set((current) => {
    if (signedIn === null) return { status: "signed-out", ended: current.status === "signed-in" };
    // Renewals bring the session along: role and departments may have changed.
    return { status: "signed-in", session: signedIn.session };
  });
});

/** The session of the refresh cookie, or null when nobody is signed in. Throws UnreachableError when the server is. */
export async function restoreSession(): Promise<SessionView | null> {
  const current = sessionState.get();
  if (current.status === "signed-in") return current.session;
  if (current.status === "signed-out") return null;
  try {
    await accessToken.fresh();
  } catch (error) {
    if (error instanceof ProblemError && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
  const restored = sessionState.get();
  return restored.status === "signed-in" ? restored.session : null;
}

export async function signIn(email: string, password: string): Promise<void> {
  const body = { email, password };
  accessToken.adopt(await request<SignedInView>("POST", "/auth/sign-in", { body, anonymous: true }));
}

/** The server's part may fail (offline): this browser forgets the session either way. */
export async function signOut(): Promise<void> {
  await request<null>("POST", "/auth/sign-out").catch(() => undefined);
  sessionState.set({ status: "signed-out", ended: false });
  accessToken.adopt(null);
}

/** Inside the shell, where somebody is signed in. */
export function useSession(): SessionView {
  const state = useStore(sessionState, (value) => value);
  if (state.status !== "signed-in") throw new Error("useSession outside of a session");
  return state.session;
}
