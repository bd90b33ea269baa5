/** The way between a browser and the shop: everything on it takes as long as the test wants. */
import { heard, conversationRoom, standingRooms, type Person, type Shop } from "@/test/shop/shop";
import type { TicketFilter, TicketListName } from "@/lib/api/queries";
import type { Transport } from "@/lib/live/transport";
import type { LogItem } from "@/lib/wire/protocol.gen";

interface Call {
  path: string;
  query: URLSearchParams;
  /** What the server has read, once it has. */
  answer: Response | null;
  resolve: (answer: Response) => void;
}

type Frame = { item: LogItem } | { event: string; payload: unknown };

const NOT_FOUND = { type: "about:blank", title: "not found", status: 404, code: "not_found" };

export class Network implements Transport {
  readonly #shop: Shop;
  readonly #person: Person;
  readonly #handlers = new Map<string, (payload: unknown) => void>();
  #calls: Call[] = [];
  #frames: Frame[] = [];
  /** What the server holds of this socket: null while there is none. */
  #socket: { opened: Set<string>; read: number } | null = null;
  #wanted: { cursor: number | null; open_conversation_ids: string[] } | null = null;
  readonly types = new Set<string>();
  delivered = 0;

  constructor(shop: Shop, person: Person) {
    this.#shop = shop;
    this.#person = person;
  }

  // ── REST ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly fetch = (address: string, init?: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { pathname, searchParams } = new URL(address, "http://shop");
      const call = { path: pathname.replace("/api/v1", ""), query: searchParams, answer: null, resolve };
      this.#calls.push(call);
      init?.signal?.addEventListener("abort", () => {
        this.#calls = this.#calls.filter((one) => one !== call);
        reject(init.signal?.reason as Error);
      });
    });

  /** The server reads what one of the calls asks for. */
  serve(which: number): void {
    const waiting = this.#calls.filter((call) => call.answer === null);
    const call = waiting[which % waiting.length];
    if (call) call.answer = this.#answer(call);
  }

  /** One of the answers arrives: not always the one that was asked for first. */
  arrive(which: number): void {
    const answered = this.#calls.filter((call) => call.answer !== null);
    const call = answered[which % answered.length];
    if (!call?.answer) return;
    this.#calls = this.#calls.filter((one) => one !== call);
    call.resolve(call.answer);
  }

  get calls(): number {
    return this.#calls.length;
  }

  #answer({ path, query }: Call): Response {
    const body = this.#body(path, query);
    return body === null ? Response.json(NOT_FOUND, { status: 404 }) : Response.json(body);
  }

  #body(path: string, query: URLSearchParams): unknown {
    const shop = this.#shop;
    const person = this.#person;
    const [, first, id, part] = path.split("/");
    if (path === "/tickets/counts") return shop.counts(person);
    if (first === "tickets") return shop.listPage(person, filterOf(query), query.get("cursor"));
    if (first === "conversations" && id !== undefined) {
      if (part !== "messages") return shop.conversationView(person, id);
      return shop.seesConversation(person, id) ? shop.messagePage(id, query.get("before")) : null;
    }
    if (first === "members") return shop.memberList();
    if (first === "departments") return shop.departmentList();
    if (first === "account") return shop.account;
    if (path === "/me") return shop.session(person);
    if (path === "/auth/refresh")
      return { access_token: "t", token_type: "bearer", expires_in: 1e6, session: shop.session(person) };
    throw new Error(`nobody serves ${path}`);
  }

  // ── socket ────────────────────────────────────────────────────────────────────────────────────────────────────────

  connect(auth: Record<string, unknown>): void {
    this.#wanted = auth as { cursor: number | null; open_conversation_ids: string[] };
  }

  disconnect(): void {
    this.#wanted = null;
    if (this.#socket === null) return;
    this.#socket = null;
    this.#frames = [];
    this.#handlers.get("disconnect")?.(null);
  }

  on(event: string, handler: (payload: unknown) => void): void {
    this.#handlers.set(event, handler);
  }

  lastHeardAt(): number {
    return Date.now();
  }

  emit(event: string, payload: unknown, acknowledge: (answer: unknown) => void): void {
    this.pump();
    acknowledge(this.#carryOut(event, (payload as { conversation_id: string }).conversation_id));
  }

  #carryOut(command: string, id: string): unknown {
    if (command === "leave_conversation") this.#socket?.opened.delete(id);
    if (command !== "open_conversation") return {};
    if (!this.#shop.seesConversation(this.#person, id)) return NOT_FOUND;
    this.#socket?.opened.add(id);
    return { conversation_id: id, seq: this.#shop.seq, viewing_user_ids: [] };
  }

  /** The handshake that waits, if one does; `forgets`: what followed the cursor is no longer in the log. */
  letIn(forgets: boolean): void {
    if (this.#wanted === null || this.#socket !== null) return;
    const { cursor, open_conversation_ids } = this.#wanted;
    const opened = new Set(
      open_conversation_ids.filter((id) => this.#shop.seesConversation(this.#person, id)),
    );
    const resumed = cursor !== null && !forgets;
    this.#socket = { opened, read: resumed ? cursor : this.#shop.seq };
    if (cursor !== null && forgets)
      this.#frames.push({ event: "resync_required", payload: { reason: "too_old" } });
    this.pump();
    const ready = { seq: this.#shop.seq, resumed, open_conversation_ids: [...opened] };
    this.#frames.push({ event: "ready", payload: ready });
  }

  get waits(): boolean {
    return this.#wanted !== null && this.#socket === null;
  }

  /** The wire goes dead; what was on it is lost. */
  cut(): void {
    if (this.#socket === null) return;
    this.#socket = null;
    this.#wanted = null;
    this.#frames = [];
    this.#handlers.get("disconnect")?.(null);
  }

  /** The server's relay looks at the log: what this socket may hear is on its way. */
  pump(): void {
    const socket = this.#socket;
    if (socket === null) return;
    while (socket.read < this.#shop.seq) {
      const entry = this.#shop.log[socket.read];
      socket.read += 1;
      if (!entry) continue;
      const rooms = [...standingRooms(this.#person), ...[...socket.opened].map(conversationRoom)];
      if (entry.audience.some((room) => rooms.includes(room)))
        this.#frames.push({ item: heard(this.#person, entry) });
      // What has left their sight is closed to them at once.
      this.#recheck(socket.opened);
    }
    this.#recheck(socket.opened);
  }

  #recheck(opened: Set<string>): void {
    for (const id of opened) if (!this.#shop.seesConversation(this.#person, id)) opened.delete(id);
  }

  /** Up to `count` frames arrive; of a ticket's changes among them, only the latest when they are conflated. */
  deliver(count: number, conflates: boolean, repeats: boolean): void {
    this.pump();
    const frames = this.#frames.splice(0, count);
    let batch: LogItem[] = [];
    const flush = () => {
      const items = conflates ? latest(batch) : batch;
      batch = [];
      if (items.length === 0) return;
      this.delivered += items.length;
      for (const { type } of items) this.types.add(type);
      const copy = JSON.parse(JSON.stringify(items)) as LogItem[];
      this.#handlers.get("events")?.(copy);
      if (repeats) this.#handlers.get("events")?.(copy);
    };
    for (const frame of frames) {
      if ("item" in frame) batch.push(frame.item);
      else {
        flush();
        this.#handlers.get(frame.event)?.(frame.payload);
      }
    }
    flush();
  }

  get frames(): number {
    this.pump();
    return this.#frames.length;
  }

  /** Their departments change: everybody is told of the person, and the socket, if there is one, to start anew. */
  changeAccess(departmentIds: string[]): void {
    this.pump();
    this.#person.departmentIds = departmentIds;
    this.#shop.changeAccess(this.#person);
    if (this.#socket === null) return;
    this.pump();
    this.#frames.push({ event: "resync_required", payload: { reason: "access_changed" } });
  }
}

function latest(items: LogItem[]): LogItem[] {
  const id = ({ type, data }: LogItem) =>
    type === "ticket_updated" ? (data as unknown as { ticket: { id: string } }).ticket.id : null;
  return items.filter((item, index) => {
    const own = id(item);
    return own === null || !items.some((later, at) => at > index && id(later) === own);
  });
}

function filterOf(query: URLSearchParams): TicketFilter {
  return {
    view: query.get("view") as TicketListName,
    departmentId: query.get("department_id"),
    unread: query.get("unread") === "true",
    q: "",
  };
}
