import { ProblemError, UnreachableError, parseProblem } from "@/lib/http/problem";
import { isRecord } from "@/lib/storage";
import type { SignedInView } from "@/lib/wire/openapi.gen";
import type { Problem } from "@/lib/wire/protocol.gen";

/** A token this close to its end is renewed before use: it must outlive the request that carries it. */
const RENEW_BEFORE_MS = 45_000;

/** `problem`: why the server ended it, when it was the server. */
type Listener = (signedIn: SignedInView | null, problem: Problem | null) => void;

function isSignedIn(value: unknown): value is SignedInView {
  return isRecord(value) && typeof value.access_token === "string" && isRecord(value.session);
}

/**
 * Holds the access token in memory only, and renews it through the refresh cookie. One renewal at a time: within this
 * tab by a shared promise, between tabs by a lock, since each renewal rotates the cookie.
 */
export class AccessToken {
  #current: { token: string; expiresAt: number } | null = null;
  #renewal: Promise<string> | null = null;
  readonly #listeners = new Set<Listener>();
  readonly #fetch: typeof fetch;
  readonly #now: () => number;

  constructor(fetcher: typeof fetch = (...args) => fetch(...args), now: () => number = Date.now) {
    this.#fetch = fetcher;
    this.#now = now;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  adopt(signedIn: SignedInView | null, problem: Problem | null = null): void {
    this.#current =
      signedIn === null
        ? null
        : { token: signedIn.access_token, expiresAt: this.#now() + signedIn.expires_in * 1000 };
    for (const listener of this.#listeners) listener(signedIn, problem);
  }

  /** A token that is good for a while. Throws ProblemError 401 when nobody is signed in. */
  async fresh(): Promise<string> {
    if (this.#current !== null && this.#current.expiresAt - this.#now() > RENEW_BEFORE_MS) {
      return this.#current.token;
    }
    return this.renew();
  }

  /** Whatever the clock says: the server refused `rejected`. Renews unless another caller has done so already. */
  async replace(rejected: string): Promise<string> {
    if (this.#current !== null && this.#current.token !== rejected) return this.#current.token;
    return this.renew();
  }

  renew(): Promise<string> {
    this.#renewal ??= withLock(() => this.#exchange()).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #exchange(): Promise<string> {
    let answer: Response;
    try {
      answer = await this.#fetch("/api/v1/auth/refresh", {
        method: "POST",
        headers: { "X-Prosa-Refresh": "1" },
        credentials: "same-origin",
      });
    } catch {
      throw new UnreachableError("network");
    }
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok || !isSignedIn(body)) {
      const problem = parseProblem(body, answer.status);
      if (answer.status === 401 || answer.status === 403) this.adopt(null, problem);
      throw new ProblemError(problem);
    }
    this.adopt(body);
    return body.access_token;
  }
}

function withLock<T>(work: () => Promise<T>): Promise<T> {
  // `locks` is missing outside secure contexts (plain http on a machine's own name) and in tests.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? locks.request("prosa.refresh", work) : work();
}
