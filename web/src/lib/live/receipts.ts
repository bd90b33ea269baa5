import type { LogItem, Painted, Seen } from "@/lib/wire/protocol.gen";

interface ReceiptsOptions {
  /** Sends one `seen`; `answered` is called with its acknowledgement. */
  emit: (seen: Seen, answered: (answer: unknown) => void) => void;
  /** Whether this conversation is on the screen: only what somebody can see is painted. */
  isShown: (conversationId: string) => boolean;
}

/** The server takes no more in one `seen`; a flood is sampled, not queued. */
const MOST_PAINTED = 100;
/** The shortest of the last few round trips is the way itself; longer ones waited behind something. */
const ROUND_TRIPS = 8;
/** Until the server has said its own (`ready`). */
const DEFAULT_EVERY_MS = 1_000;

/**
 * Tells the server what has arrived and been applied, now and then, in one number: a connection keeps the order, so the
 * count says which. Beside it, how long it took from a message's frame to its pixels, measured on this clock alone.
 */
export class Receipts {
  readonly #options: ReceiptsOptions;
  #everyMs = DEFAULT_EVERY_MS;
  #isOpen = false;
  /** Items of this connection, and how many of them the server knows to be here. */
  #items = 0;
  #told = 0;
  #painted: Painted[] = [];
  #roundTrips: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with every connection: frames and answers of an older one are ignored. */
  #connection = 0;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** A new connection begins, or the old one has ended: nothing of it can be confirmed any more. */
  reset(): void {
    this.#connection += 1;
    this.#isOpen = false;
    this.#items = 0;
    this.#told = 0;
    this.#painted = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The server listens from now on; what the replay brought before counts too. */
  open(everyMs: number | undefined): void {
    this.#everyMs = everyMs ?? DEFAULT_EVERY_MS;
    this.#isOpen = true;
    this.#schedule();
  }

  /** These have been applied, new or repeated. `arrivedAt`: performance.now() when their frame came. */
  take(items: readonly LogItem[], arrivedAt: number): void {
    this.#items += items.length;
    this.#schedule();
    if (document.visibilityState !== "visible") return;
    const shown = items.flatMap(({ type, data }) => {
      const message = data.message as { id?: string; conversation_id?: string } | undefined;
      if (type !== "message_created" || message?.id === undefined) return [];
      return this.#options.isShown(message.conversation_id ?? "") ? [message.id] : [];
    });
    if (shown.length > 0) this.#measure(shown, arrivedAt);
  }

  /** The first frame is the one that React's work goes into; when the second begins, it is on the screen. */
  #measure(ids: readonly string[], arrivedAt: number): void {
    const connection = this.#connection;
    requestAnimationFrame(() => {
      requestAnimationFrame(() => {
        if (connection !== this.#connection) return;
        const after = Math.max(0, Math.round(performance.now() - arrivedAt));
        const room = MOST_PAINTED - this.#painted.length;
        this.#painted.push(...ids.slice(0, room).map((id) => ({ message_id: id, after_ms: after })));
        this.#schedule();
      });
    });
  }

  #schedule(): void {
    const isNews = this.#items > this.#told || this.#painted.length > 0;
    if (!this.#isOpen || !isNews || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, this.#everyMs);
  }

  #tell(): void {
    const connection = this.#connection;
    const sentAt = performance.now();
    const round = this.#roundTrips.length > 0 ? Math.round(Math.min(...this.#roundTrips)) : 0;
    const seen: Seen = { items: this.#items, round_trip_ms: round, painted: this.#painted };
    this.#told = this.#items;
    this.#painted = [];
    this.#options.emit(seen, () => {
      if (connection !== this.#connection) return;
      this.#roundTrips = [performance.now() - sentAt, ...this.#roundTrips].slice(0, ROUND_TRIPS);
    });
  }
}
