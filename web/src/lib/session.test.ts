import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accessToken } from "@/lib/http/client";
import { endSession, restoreSession, sessionState, signOut } from "@/lib/session";
import { SESSION, stubApi } from "@/test/render-app";

const SIGNED_IN = { access_token: "t", token_type: "bearer", expires_in: 900, session: SESSION } as const;

beforeEach(() => {
  sessionState.set({ status: "unknown" });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("restoring the session", () => {
  it("asks nothing on a device where nobody has signed in", async () => {
    const api = stubApi({});
    expect(await restoreSession()).toBeNull();
    expect(api).not.toHaveBeenCalled();
  });

  it("asks with the cookie where somebody has", async () => {
    accessToken.adopt(SIGNED_IN);
    sessionState.set({ status: "unknown" });
    // A later visit: the token was in memory only.
    vi.spyOn(accessToken, "fresh").mockImplementation(async () => accessToken.renew());
    const api = stubApi({ "/auth/refresh": SIGNED_IN });
    expect(await restoreSession()).toEqual(SESSION);
    expect(api).toHaveBeenCalledOnce();
  });

  it("forgets it at the sign-out", async () => {
    accessToken.adopt(SIGNED_IN);
    accessToken.adopt(null);
    sessionState.set({ status: "unknown" });
    const api = stubApi({});
    expect(await restoreSession()).toBeNull();
    expect(api).not.toHaveBeenCalled();
  });
});

describe("a session that the server ends", () => {
  const suspended = { type: "x", title: "x", status: 403, code: "account_suspended", reason: "fatura" };

  beforeEach(() => {
    accessToken.adopt(SIGNED_IN);
  });

  it("keeps the server's reason for the sign-in page", async () => {
    stubApi({ "/auth/refresh": Response.json(suspended, { status: 403 }) });
    await endSession();
    expect(sessionState.get()).toEqual({ status: "signed-out", ended: true, problem: suspended });
  });

  it("is over even when the server cannot be asked why", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await endSession();
    expect(sessionState.get()).toEqual({ status: "signed-out", ended: true, problem: null });
  });

  it("goes on as oneself when an impersonation was ended in another tab", async () => {
    const own = { ...SESSION, user: { ...SESSION.user, id: "somebody-else" } };
    stubApi({ "/auth/refresh": { ...SIGNED_IN, session: own } });
    await endSession();
    expect(sessionState.get()).toEqual({ status: "signed-in", session: own });
  });

  it("was not ended when this side signs out, whatever the socket says meanwhile", async () => {
    stubApi({ "/auth/sign-out": null });
    const leaving = signOut();
    await endSession();
    await leaving;
    expect(sessionState.get()).toEqual({ status: "signed-out", ended: false, problem: null });
  });
});
