import type { Transport } from "@/lib/live/transport";

interface Sent {
  event: string;
  payload: unknown;
  acknowledge: (answer: unknown) => void;
}

/** A connection that does what the test says. */
export class FakeTransport implements Transport {
  readonly auths: Record<string, unknown>[] = [];
  readonly sent: Sent[] = [];
  connected = false;
  heardAt = Date.now();
  readonly #handlers = new Map<string, (payload: unknown) => void>();

  connect(auth: Record<string, unknown>): void {
    this.auths.push(auth);
  }

  disconnect(): void {
    if (!this.connected) return;
    this.connected = false;
    this.tell("disconnect", null);
  }

  on(event: string, handler: (payload: unknown) => void): void {
    this.#handlers.set(event, handler);
  }

  emit(event: string, payload: unknown, acknowledge: (answer: unknown) => void): void {
    this.sent.push({ event, payload, acknowledge });
  }

  lastHeardAt(): number {
    return this.heardAt;
  }

  tell(event: string, payload: unknown): void {
    this.#handlers.get(event)?.(payload);
  }

  /** The server has let this socket in. */
  ready(seq: number, resumed = false): void {
    this.connected = true;
    this.tell("ready", { seq, resumed, user_id: "user-me", account_id: "a1" });
  }

  /** Answers the newest command of this name. */
  answer(event: string, answer: unknown): void {
    this.sent.findLast((item) => item.event === event)?.acknowledge(answer);
  }
}
