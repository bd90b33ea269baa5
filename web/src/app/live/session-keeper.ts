import { request } from "@/lib/http/client";
import { updateSession } from "@/lib/session";
import type { SessionView } from "@/lib/wire/openapi.gen";

/**
 * Asks for the session again where it may be of before: it came with the token, and what changed until the socket was live
 * (a name, departments) nobody told.
 */
export class SessionKeeper {
  #turn = 0;
  #isAsking = false;

  renew(): void {
    this.#turn += 1;
    void this.#ask(this.#turn);
  }

  /** An event changed the session: an answer that is on its way may be older. */
  told(): void {
    if (this.#isAsking) this.renew();
  }

  stop(): void {
    this.#turn += 1;
  }

  async #ask(turn: number): Promise<void> {
    this.#isAsking = true;
    // Without an answer it stays what it was; the next token brings the new one.
    const session = await request<SessionView>("GET", "/me").catch(() => null);
    if (turn !== this.#turn) return;
    this.#isAsking = false;
    if (session !== null) updateSession(() => session);
  }
}
