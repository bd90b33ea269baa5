/**
 * The standing property of every screen: old state + events = fresh fetch, for every event type, whatever happens on the
 * way. Random histories of a company against the browser's real parts (runtime, socket, queries, reducers): answers
 * overtake each other and events, events are conflated and repeated, the socket is cut, resumes or must start anew, and
 * the person's departments change. When all has arrived, each cache equals what the server answers then.
 */
import { QueryClientProvider, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { act, cleanup, render } from "@testing-library/react";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isKnownType } from "@/app/live/event-changes";
import { Runtime } from "@/app/runtime";
import { historyQuery, loadOlder } from "@/features/conversation/api/history-query";
import { useOpenConversation } from "@/features/conversation/hooks/use-open-conversation";
import type { History } from "@/features/conversation/model/history";
import { ticketListQuery } from "@/features/inbox/api/ticket-list-query";
import { flatten, type TicketListData } from "@/features/inbox/model/ticket-list";
import {
  conversationQuery,
  countsQuery,
  departmentsQuery,
  keys,
  membersQuery,
  type TicketFilter,
} from "@/lib/api/queries";
import { accessToken } from "@/lib/http/client";
import { LiveProvider } from "@/lib/live/live-context";
import { sessionState } from "@/lib/session";
import type { ConversationView } from "@/lib/wire/openapi.gen";
import type { EventMap, TicketView } from "@/lib/wire/protocol.gen";
import { Network } from "@/test/shop/network";
import { CONVERSATION_IDS, DEPARTMENT_IDS, Shop, shown, type Person } from "@/test/shop/shop";

/** A history takes some 60 ms; PROSA_HISTORIES asks for more of them, PROSA_SEED for the same ones again. */
const HISTORIES = Number(process.env.PROSA_HISTORIES ?? 60);
const SEED = process.env.PROSA_SEED;
const PATIENCE_MS = 600_000;
/** Everything has arrived after this many rounds, or something asks for ever. */
const ROUNDS = 200;

/** Every event type of the protocol: one that is missing or gone does not compile, one that no history told fails. */
const EVENT_TYPES: Record<keyof EventMap, true> = {
  message_created: true,
  message_updated: true,
  message_status_changed: true,
  ticket_updated: true,
  ticket_removed: true,
  conversation_updated: true,
  contact_updated: true,
  contact_erased: true,
  member_updated: true,
  member_removed: true,
  department_created: true,
  department_updated: true,
  account_updated: true,
};

const PEOPLE: readonly Person[] = [
  { id: "one", departmentIds: ["d1"], seesAll: false, masked: false },
  { id: "two", departmentIds: ["d1", "d2"], seesAll: false, masked: false },
  { id: "boss", departmentIds: [], seesAll: true, masked: false },
  { id: "hidden", departmentIds: ["d2", "d3"], seesAll: false, masked: true },
];

const FILTERS: readonly TicketFilter[] = [
  { view: "mine", departmentId: null, unread: false, q: "" },
  { view: "queue", departmentId: null, unread: false, q: "" },
  { view: "bot", departmentId: null, unread: false, q: "" },
  { view: "closed", departmentId: null, unread: false, q: "" },
  { view: "all", departmentId: null, unread: false, q: "" },
  { view: "all", departmentId: "d1", unread: true, q: "" },
];

// ── what is on the screen ───────────────────────────────────────────────────────────────────────────────────────────

function List({ filter }: { filter: TicketFilter }) {
  useInfiniteQuery(ticketListQuery(useQueryClient(), filter));
  return null;
}

function Chat({ id }: { id: string }) {
  const cache = useQueryClient();
  const conversation = useQuery(conversationQuery(id));
  const history = useQuery(historyQuery(cache, id));
  useOpenConversation(id, conversation, history);
  return null;
}

function Desk({ openId, filters }: { openId: string | null; filters: readonly TicketFilter[] }) {
  useQuery(membersQuery);
  useQuery(departmentsQuery);
  useQuery(countsQuery);
  return (
    <>
      {filters.map((filter) => (
        <List key={JSON.stringify(filter)} filter={filter} />
      ))}
      {openId !== null && <Chat key={openId} id={openId} />}
    </>
  );
}

// ── histories ───────────────────────────────────────────────────────────────────────────────────────────────────────

const n = fc.nat(11);
type Step = (world: World) => void | Promise<void>;

function named(
  name: string,
  weight: number,
  run: (world: World, a: number, b: number, c: number, d: number) => void | Promise<void>,
): fc.WeightedArbitrary<Step> {
  const arbitrary = fc.tuple(n, n, n, n).map(([a, b, c, d]) => {
    const step: Step = (world) => run(world, a, b, c, d);
    return Object.assign(step, { [fc.toStringMethod]: () => `${name}(${a},${b},${c},${d})` });
  });
  return { weight, arbitrary };
}

const COMPANY = [
  named("write", 8, ({ shop }, a, b, c, d) => shop.write(a, b % 3 !== 0, c % 5 === 0, d)),
  named("react", 3, ({ shop }, a, b) => shop.react(a, b)),
  named("edit", 2, ({ shop }, a, b) => shop.editMessage(a, b)),
  named("ticks", 2, ({ shop }, a, b, c) => shop.moveTicks(a, b, c)),
  named("work", 6, ({ shop }, a, b, c, d) => shop.workTicket(a, b, c, d)),
  named("end", 4, ({ shop }, a) => shop.endTicket(a)),
  named("rename", 2, ({ shop }, a) => shop.renameContact(a)),
  named("erase", 1, ({ shop }, a) => shop.erase(a)),
  named("member", 1, ({ shop }, a) => shop.changeMember(a)),
  named("remove", 1, ({ shop }, a) => shop.removeMember(a)),
  named("department+", 1, ({ shop }) => shop.createDepartment()),
  named("department", 1, ({ shop }, a, b) => shop.changeDepartment(a, b)),
  named("account", 1, ({ shop }) => shop.changeAccount()),
];

const SCREEN = [
  named("serve", 12, ({ network }, a) => network.serve(a)),
  named("arrive", 12, (world, a) => world.settling(() => world.network.arrive(a))),
  named("deliver", 14, (world, a, b, c) =>
    world.settling(() => world.network.deliver(a + 1, b % 2 === 0, c % 4 === 0)),
  ),
  named("letIn", 5, (world, a) => world.settling(() => world.network.letIn(a % 4 === 0))),
  named("cut", 1, (world) => world.settling(() => world.network.cut())),
  named("access", 1, (world, a) =>
    world.settling(() =>
      world.network.changeAccess(["d1", "d2", "d3"].filter((_, index) => (a >> index) % 2 === 0)),
    ),
  ),
  named("wait", 4, (world, a) => world.settling(() => vi.advanceTimersByTime(a * 100))),
  named("open", 4, (world, a) => world.open(CONVERSATION_IDS[a % CONVERSATION_IDS.length] ?? null)),
  named("leave", 1, (world) => world.open(null)),
  named("older", 4, (world) => world.loadOlder()),
  named("more", 4, (world, a) => world.loadMore(a)),
];

const HISTORY = fc.record({
  person: fc.constantFrom(...PEOPLE),
  /** The screen is whole and a conversation open before the first step, or all begins at once. */
  settled: fc.constantFrom(true, true, false),
  filters: fc.subarray([...FILTERS], { minLength: 1, maxLength: 3 }),
  /** The company is older than the screen. */
  before: fc.array(fc.oneof(...COMPANY), { maxLength: 25 }),
  after: fc.array(fc.oneof(...COMPANY, ...SCREEN), { minLength: 10, maxLength: 120, size: "max" }),
});

class World {
  readonly shop: Shop;
  readonly network: Network;
  readonly runtime: Runtime;
  readonly person: Person;
  readonly filters: readonly TicketFilter[];
  #show: (openId: string | null) => void = () => undefined;
  openId: string | null = null;

  constructor(person: Person, filters: readonly TicketFilter[]) {
    this.person = { ...person };
    this.filters = filters;
    this.shop = new Shop(PEOPLE.map((one) => (one.id === person.id ? this.person : one)));
    this.network = new Network(this.shop, this.person);
    vi.stubGlobal("fetch", this.network.fetch);
    const session = this.shop.session(this.person);
    accessToken.adopt({ access_token: "t", token_type: "bearer", expires_in: 1e6, session });
    this.runtime = new Runtime(session, () => this.network);
  }

  async start(): Promise<void> {
    this.runtime.start();
    const screen = (openId: string | null) => (
      <QueryClientProvider client={this.runtime.cache}>
        <LiveProvider value={this.runtime.live}>
          <Desk openId={openId} filters={this.filters} />
        </LiveProvider>
      </QueryClientProvider>
    );
    await this.settling(() => {
      const { rerender } = render(screen(null));
      this.#show = (openId) => rerender(screen(openId));
    });
  }

  /** What follows by itself, answers and retries apart, has happened when it returns. */
  async settling(run: () => void): Promise<void> {
    await act(async () => {
      run();
      await vi.advanceTimersByTimeAsync(1);
    });
  }

  async open(id: string | null): Promise<void> {
    this.openId = id;
    await this.settling(() => this.#show(id));
  }

  async loadOlder(): Promise<void> {
    const id = this.openId;
    // The answer may never come: the wire may be cut first.
    if (id !== null) await this.settling(() => void loadOlder(this.runtime.cache, id).catch(() => undefined));
  }

  async loadMore(which: number): Promise<void> {
    const filter = this.filters[which % this.filters.length];
    if (!filter) return;
    const query = this.runtime.cache
      .getQueryCache()
      .find<TicketListData>({ queryKey: keys.ticketList(filter) });
    const [observer] = query?.observers ?? [];
    // As the list does: never while it is being fetched.
    if (!observer || query?.state.fetchStatus !== "idle") return;
    await this.settling(
      () => void (observer as unknown as { fetchNextPage(): Promise<unknown> }).fetchNextPage(),
    );
  }

  /** Everything that was on its way arrives, and nothing more is asked for. */
  async becomeQuiet(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      await this.settling(() => {
        this.network.letIn(false);
        this.network.deliver(1e6, true, false);
        while (this.network.calls > 0) {
          this.network.serve(0);
          this.network.arrive(0);
        }
        // The slowest: a recount that pauses, a reconnection that backs off.
        vi.advanceTimersByTime(3_000);
      });
      if (
        this.network.calls + this.network.frames === 0 &&
        this.runtime.live.state.get().status === "live" &&
        round > 3
      )
        return;
    }
    throw new Error("it never becomes quiet");
  }

  async stop(): Promise<void> {
    await act(async () => {
      cleanup();
      this.runtime.stop();
      this.runtime.forget();
      await vi.advanceTimersByTimeAsync(1);
    });
  }

  // ── the property ────────────────────────────────────────────────────────────────────────────────────────────────

  check(): void {
    const { cache } = this.runtime;
    const { shop, person } = this;
    expect(cache.getQueryData(keys.members)).toEqual(shop.memberList());
    expect(cache.getQueryData(keys.departments)).toEqual(shop.departmentList());
    expect(cache.getQueryData(keys.counts)).toEqual(shop.counts(person));
    const state = sessionState.get();
    expect(state.status === "signed-in" && state.session).toEqual(shop.session(person));
    for (const filter of this.filters) {
      const data = cache.getQueryData<TicketListData>(keys.ticketList(filter));
      const items = data ? flatten(data) : [];
      const fresh = shop.list(person, filter).map((ticket) => shown(person, ticket));
      const hasMore = data?.pages.at(-1)?.next_cursor !== null;
      const name = `${filter.view} ${hasMore ? "with more" : "whole"}`;
      expect({ name, rows: items.map(told) }).toEqual({
        name,
        rows: (hasMore ? fresh.slice(0, items.length) : fresh).map(told),
      });
    }
    if (this.openId !== null) this.#checkConversation(this.openId);
  }

  #checkConversation(id: string): void {
    const { cache } = this.runtime;
    const fresh = this.shop.conversationView(this.person, id);
    if (fresh === null) {
      expect(cache.getQueryState(keys.conversation(id))?.status).toBe("error");
      return;
    }
    const view = cache.getQueryData<ConversationView>(keys.conversation(id));
    expect(view && this.#header(view)).toEqual(this.#header(fresh));
    const history = cache.getQueryData<History>(keys.history(id));
    const messages = this.shop.messageList(id);
    const loaded = history?.items ?? [];
    expect(loaded).toEqual(history?.nextBefore === null ? messages : messages.slice(-loaded.length));
    expect(loaded.length).toBeGreaterThanOrEqual(Math.min(messages.length, 1));
  }

  #header({ current_ticket, tickets, window_expires_at, last_inbound_at, contact }: ConversationView) {
    return {
      contact,
      tickets: tickets.map(told),
      current: current_ticket && told(current_ticket),
      window: window_expires_at && Date.parse(window_expires_at),
      inbound: last_inbound_at && Date.parse(last_inbound_at),
    };
  }
}

/** The version of a closed ticket moves on with its contact's name: `contact_updated` tells the name, nobody the version. */
function told(ticket: TicketView): TicketView {
  return ticket.closed_at === null ? ticket : { ...ticket, version: 0 };
}

// ── tests ───────────────────────────────────────────────────────────────────────────────────────────────────────────

let histories = 0;
let events = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-23T12:00:00Z") });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a screen that events keep", () => {
  it(
    "equals a fresh fetch after every history",
    async () => {
      await fc.assert(
        fc.asyncProperty(HISTORY, async ({ person, settled, filters, before, after }) => {
          const world = new World(person, filters);
          try {
            for (const run of before) await run(world);
            await world.start();
            if (settled) {
              await world.open(CONVERSATION_IDS[0]);
              await world.becomeQuiet();
            }
            for (const run of after) await run(world);
            await world.becomeQuiet();
            world.check();
            histories += 1;
            events += world.network.delivered;
          } finally {
            await world.stop();
          }
        }),
        { numRuns: HISTORIES, ...(SEED !== undefined && { seed: Number(SEED) }) },
      );
    },
    PATIENCE_MS,
  );

  it("shows what becomes of another department's ticket in the conversation that is open", async () => {
    const world = new World({ id: "one", departmentIds: ["d1"], seesAll: false, masked: false }, FILTERS);
    const { shop } = world;
    await world.start();
    shop.write(0, true, false, 0);
    await world.open(CONVERSATION_IDS[0]);
    const [near] = shop.tickets.keys();
    shop.endTicket(0);
    shop.write(0, true, false, 1);
    await world.becomeQuiet();
    const far = [...shop.tickets.keys()].findIndex((id) => id !== near);
    for (const state of [3, 1, 4]) {
      shop.workTicket(far, state, 1, PEOPLE.length);
      await world.becomeQuiet();
      world.check();
    }
    await world.stop();
  });

  it.each(PEOPLE)("is kept by every event type of the protocol, one by one (%o)", async (person) => {
    const world = new World(person, FILTERS);
    const { shop, network } = world;
    const department = Math.max(0, DEPARTMENT_IDS.indexOf((person.departmentIds[0] ?? "d1") as never));
    await world.start();
    await world.becomeQuiet();
    const steps: (() => unknown)[] = [
      () => shop.write(0, true, false, department),
      () => world.open(CONVERSATION_IDS[0]),
      () => shop.write(0, true, true, 0),
      () => shop.editMessage(0, 0),
      () => shop.moveTicks(0, 0, 1),
      () => shop.react(0, 0),
      () => shop.renameContact(0),
      () => shop.endTicket(0),
      () => shop.renameContact(0),
      () => shop.react(0, 1),
      () => shop.changeMember(PEOPLE.indexOf(person)),
      () => shop.changeMember(4),
      () => shop.removeMember(0),
      () => shop.createDepartment(),
      () => shop.changeDepartment(1, 3),
      () => shop.changeAccount(),
      () => shop.erase(0),
      () => shop.write(1, true, false, department),
      () => shop.workTicket(1, 3, department, PEOPLE.indexOf(person)),
      () => shop.workTicket(1, 1, department, PEOPLE.length),
      () => shop.workTicket(1, 3, department + 1, PEOPLE.length),
    ];
    for (const run of steps) {
      await run();
      await world.becomeQuiet();
      world.check();
    }
    const types = Object.keys(EVENT_TYPES);
    expect(types.filter((type) => !network.types.has(type))).toEqual([]);
    expect(types.filter((type) => !isKnownType(type))).toEqual([]);
    await world.stop();
  });
});

afterAll(() => {
  if (process.env.PROSA_HISTORIES !== undefined)
    process.stdout.write(`${histories} histories, ${events} events\n`);
});
