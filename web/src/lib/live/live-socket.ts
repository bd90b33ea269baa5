import { ProblemError, UnreachableError, isProblem } from "@/lib/http/problem";
import { Receipts } from "@/lib/live/receipts";
import type { Transport } from "@/lib/live/transport";
import { Store } from "@/lib/store";
import type { CommandMap, EphemeralMap, LogItem, SignedOut } from "@/lib/wire/protocol.gen";

export type ConnectionState =
  | { status: "connecting"; since: number }
  | { status: "live"; since: number }
  | { status: "offline"; since: number };

export type CommandName = keyof CommandMap;

export interface LiveHandlers {
  /** New events in ascending seq, each seen for the first time on this cursor. */
  onEvents(items: LogItem[]): void;
  onEphemeral<K extends "typing" | "viewing" | "presence">(event: K, payload: EphemeralMap[K]): void;
  /** What is cached may have holes: fetch anew. */
  onResync(): void;
  onReady(resumed: boolean): void;
  /** The server ended the session for good. */
  onSignedOut(): void;
  /** Role or departments changed: a fresh token is in use from now on. */
  onAccessChanged(): void;
}

interface LiveSocketOptions {
  transport: Transport;
  /** `renew` asks for a new token even when the current one has time left. Throws 401 when nobody is signed in. */
  token: (renew: boolean) => Promise<string>;
  handlers: LiveHandlers;
  random?: () => number;
}

/** A command that is not acknowledged by then is given up by this side; it may still have been carried out. */
const ACKNOWLEDGE_TIMEOUT_MS = 10_000;
/** Reconnect delays: doubling with full jitter, so that a server restart is not answered by a stampede. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 5_000;
/** A gap this short is not worth telling anybody about. */
const OFFLINE_AFTER_MS = 2_500;
/** The heartbeat timer runs this often; firing this late means that the machine slept. */
const HEARTBEAT_MS = 5_000;
const SLEPT_AFTER_MS = 15_000;
/** The server pings every 25 s: silence beyond that means that the connection is dead, whatever the browser thinks. */
const SILENT_AFTER_MS = 50_000;
/** A handshake without `ready` by then is given up. */
const READY_TIMEOUT_MS = 20_000;

/**
 * The live connection, without UI. It keeps the cursor, resumes from it, drops events it has seen, notices sleep and
 * dead connections, and turns commands into promises. Everything it learns goes to `handlers`.
 */
export class LiveSocket {
  readonly state = new Store<ConnectionState>({ status: "connecting", since: Date.now() });
  /** How often it became doubtful that a watched conversation is still heard: whoever shows it opens it again. */
  readonly doubts = new Store<Readonly<Record<string, number>>>({});
  readonly #transport: Transport;
  readonly #token: (renew: boolean) => Promise<string>;
  readonly #handlers: LiveHandlers;
  readonly #random: () => number;
  readonly #openConversations = new Map<string, number>();
  readonly #pending = new Set<() => void>();
  readonly #receipts: Receipts;
  #cursor: number | null = null;
  #running = false;
  #attempts = 0;
  /** Grows with every attempt: an answer to an older one is ignored. */
  #generation = 0;
  #renewToken = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #readyTimer: ReturnType<typeof setTimeout> | undefined;
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #beatAt = 0;

  constructor({ transport, token, handlers, random = Math.random }: LiveSocketOptions) {
    this.#transport = transport;
    this.#token = token;
    this.#handlers = handlers;
    this.#random = random;
    this.#receipts = new Receipts({
      emit: (seen, answered) => transport.emit("seen", seen, answered),
      isShown: (id) => this.#openConversations.has(id),
    });
    transport.on("disconnect", () => this.#lost());
    transport.on("connect_error", (error) => this.#refused(error));
    transport.on("events", (items) => this.#take(items as LogItem[]));
    transport.on("ready", (ready) => this.#ready(ready as EphemeralMap["ready"]));
    transport.on("cursor", (hint) => this.#advance((hint as EphemeralMap["cursor"]).seq));
    transport.on("resync_required", () => {
      this.#cursor = null;
      // Rooms may have changed with the person's departments.
      for (const id of this.#openConversations.keys()) this.doubt(id);
      handlers.onResync();
    });
    transport.on("signed_out", (message) => this.#signedOut(message as SignedOut));
    transport.on("reconnect", (hint) => {
      this.#restart((hint as EphemeralMap["reconnect"]).after_ms);
    });
    transport.on("typing", (payload) => handlers.onEphemeral("typing", payload as EphemeralMap["typing"]));
    transport.on("viewing", (payload) => handlers.onEphemeral("viewing", payload as EphemeralMap["viewing"]));
    transport.on("presence", (payload) =>
      handlers.onEphemeral("presence", payload as EphemeralMap["presence"]),
    );
  }

  get cursor(): number | null {
    return this.#cursor;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#beatAt = Date.now();
    this.#heartbeat = setInterval(this.#beat, HEARTBEAT_MS);
    document.addEventListener("visibilitychange", this.#visible);
    window.addEventListener("online", this.#online);
    window.addEventListener("offline", this.#offline);
    this.state.set({ status: "offline", since: Date.now() });
    this.#setState("connecting");
    void this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#cursor = null;
    this.#openConversations.clear();
    clearInterval(this.#heartbeat);
    document.removeEventListener("visibilitychange", this.#visible);
    window.removeEventListener("online", this.#online);
    window.removeEventListener("offline", this.#offline);
    this.#drop();
    clearTimeout(this.#offlineTimer);
    this.state.set({ status: "offline", since: Date.now() });
  }

  /** Sends one command; resolves with its result model, rejects with ProblemError or UnreachableError. */
  send<K extends CommandName>(
    command: K,
    payload: CommandMap[K]["payload"],
    timeoutMs: number = ACKNOWLEDGE_TIMEOUT_MS,
  ): Promise<CommandMap[K]["result"]> {
    if (this.state.get().status !== "live") return Promise.reject(new UnreachableError("offline"));
    return new Promise((resolve, reject) => {
      const abandon = () => finish(() => reject(new UnreachableError("network")));
      const timer = setTimeout(() => {
        finish(() => reject(new UnreachableError("timeout")));
        // Whoever does not acknowledge is probably not there any more.
        this.#restart(0);
      }, timeoutMs);
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        if (this.#pending.delete(abandon)) settle();
      };
      this.#pending.add(abandon);
      this.#transport.emit(command, payload, (answer) => {
        finish(() => {
          if (isProblem(answer)) reject(new ProblemError(answer));
          else resolve(answer as CommandMap[K]["result"]);
        });
      });
    });
  }

  /** From now on this conversation's exact events are wanted, over reconnects too, until the returned call. */
  watchConversation(id: string): () => void {
    this.#openConversations.set(id, (this.#openConversations.get(id) ?? 0) + 1);
    return () => {
      const left = (this.#openConversations.get(id) ?? 1) - 1;
      if (left > 0) {
        this.#openConversations.set(id, left);
        return;
      }
      this.#openConversations.delete(id);
      if (this.state.get().status === "live") {
        this.send("leave_conversation", { conversation_id: id }).catch(() => undefined);
      }
    };
  }

  /** The server may have stopped telling this socket of the conversation: its ticket left somebody's sight, or came back. */
  doubt(id: string): void {
    if (!this.#openConversations.has(id)) return;
    this.doubts.set((doubts) => ({ ...doubts, [id]: (doubts[id] ?? 0) + 1 }));
  }

  /** Now, not when the timer says: the person or the browser has a reason to think that it works again. */
  wake(): void {
    if (this.#running && this.state.get().status !== "live") this.#restart(0);
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const generation = ++this.#generation;
    try {
      const token = await this.#token(this.#renewToken);
      if (generation !== this.#generation || !this.#running) return;
      this.#renewToken = false;
      this.#readyTimer = setTimeout(() => this.#restart(0), READY_TIMEOUT_MS);
      this.#receipts.reset();
      this.#transport.connect({
        token,
        cursor: this.#cursor,
        open_conversation_ids: [...this.#openConversations.keys()],
      });
    } catch (error) {
      if (generation !== this.#generation || !this.#running) return;
      // 403: the account was suspended, or may not be used from here.
      if (error instanceof ProblemError && (error.status === 401 || error.status === 403)) {
        this.#handlers.onSignedOut();
      } else this.#retry();
    }
  }

  #ready(ready: EphemeralMap["ready"]): void {
    clearTimeout(this.#readyTimer);
    clearTimeout(this.#offlineTimer);
    this.#attempts = 0;
    if (ready.resumed) this.#advance(ready.seq);
    else this.#cursor = ready.seq;
    this.#setState("live");
    this.#receipts.open(ready.seen_every_ms);
    this.#handlers.onReady(ready.resumed);
  }

  #take(items: LogItem[]): void {
    const arrivedAt = performance.now();
    const known = this.#cursor ?? -1;
    const fresh = items.filter((item) => item.seq > known);
    const last = fresh.at(-1);
    if (last !== undefined) {
      this.#advance(last.seq);
      this.#handlers.onEvents(fresh);
    }
    this.#receipts.take(items, arrivedAt);
  }

  #advance(seq: number): void {
    this.#cursor = Math.max(this.#cursor ?? 0, seq);
  }

  #refused(error: unknown): void {
    const data = error instanceof Error && "data" in error ? error.data : null;
    // The token may have ended between its check here and there.
    if (isProblem(data) && data.status === 401) this.#renewToken = true;
    this.#lost();
  }

  #lost(): void {
    clearTimeout(this.#readyTimer);
    this.#receipts.reset();
    this.#abandonPending();
    if (!this.#running) return;
    this.#showLoss();
    this.#retry();
  }

  #signedOut({ reason }: SignedOut): void {
    if (reason === "signed_out") {
      this.stop();
      this.#handlers.onSignedOut();
      return;
    }
    this.#renewToken = true;
    this.#restart(0);
    if (reason === "access_changed") this.#handlers.onAccessChanged();
  }

  #retry(): void {
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#schedule(ceiling * (0.5 + this.#random() / 2));
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.#connect(), delayMs);
  }

  #restart(delayMs: number): void {
    if (!this.#running) return;
    this.#drop();
    this.#showLoss();
    this.#schedule(delayMs);
  }

  #drop(): void {
    this.#generation += 1;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#readyTimer);
    const wasRunning = this.#running;
    // The transport tells of its own end; this one is on purpose and must not start a retry.
    this.#running = false;
    this.#transport.disconnect();
    this.#receipts.reset();
    this.#running = wasRunning;
    this.#abandonPending();
  }

  #abandonPending(): void {
    for (const abandon of [...this.#pending]) abandon();
  }

  #showLoss(): void {
    if (this.state.get().status !== "live") return;
    this.#setState("connecting");
  }

  #setState(status: ConnectionState["status"]): void {
    clearTimeout(this.#offlineTimer);
    const current = this.state.get();
    // The time of the loss stays while "connecting" turns into "offline".
    const since = status === "offline" ? current.since : Date.now();
    if (current.status !== status) this.state.set({ status, since });
    if (status === "connecting") {
      this.#offlineTimer = setTimeout(() => this.#setState("offline"), OFFLINE_AFTER_MS);
    }
  }

  readonly #beat = (): void => {
    const late = Date.now() - this.#beatAt - HEARTBEAT_MS;
    this.#beatAt = Date.now();
    if (late > SLEPT_AFTER_MS) this.#restart(0);
    else this.#checkSilence();
  };

  readonly #visible = (): void => {
    if (document.visibilityState !== "visible") return;
    this.wake();
    this.#checkSilence();
  };

  readonly #online = (): void => {
    this.#restart(0);
  };

  readonly #offline = (): void => {
    if (!this.#running) return;
    this.#drop();
    this.#setState("connecting");
    this.#setState("offline");
    this.#retry();
  };

  #checkSilence(): void {
    const silent = Date.now() - this.#transport.lastHeardAt();
    if (this.state.get().status === "live" && silent > SILENT_AFTER_MS) this.#restart(0);
  }
}
