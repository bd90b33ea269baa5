import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError, UnreachableError } from "@/lib/http/problem";
import { LiveSocket, type LiveHandlers } from "@/lib/live/live-socket";
import { FakeTransport } from "@/test/fake-transport";

function item(seq: number) {
  return { seq, type: "ticket_updated", at: new Date().toISOString(), data: {} };
}

let transport: FakeTransport;
let handlers: { [K in keyof LiveHandlers]: ReturnType<typeof vi.fn> };
let token: ReturnType<typeof vi.fn<(renew: boolean) => Promise<string>>>;
let live: LiveSocket;

beforeEach(() => {
  vi.useFakeTimers();
  transport = new FakeTransport();
  handlers = {
    onEvents: vi.fn(),
    onEphemeral: vi.fn(),
    onResync: vi.fn(),
    onReady: vi.fn(),
    onSignedOut: vi.fn(),
    onAccessChanged: vi.fn(),
  };
  token = vi.fn((renew: boolean) => Promise.resolve(renew ? "renewed" : "token"));
  live = new LiveSocket({ transport, token, handlers: handlers as unknown as LiveHandlers, random: () => 0 });
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

async function goLive(seq = 10): Promise<void> {
  live.start();
  await vi.advanceTimersByTimeAsync(0);
  transport.ready(seq);
}

describe("connecting", () => {
  it("is live once the server is ready, not before", async () => {
    live.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(live.state.get().status).toBe("connecting");
    transport.ready(10);
    expect(live.state.get().status).toBe("live");
    expect(transport.auths).toEqual([{ token: "token", cursor: null, open_conversation_ids: [] }]);
  });

  it("resumes from the cursor, with the conversations that are open", async () => {
    await goLive(10);
    live.watchConversation("c1");
    transport.tell("events", [item(11), item(12)]);
    transport.disconnect();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.auths.at(-1)).toEqual({ token: "token", cursor: 12, open_conversation_ids: ["c1"] });
  });

  it("waits longer after every failure, and says that it is offline", async () => {
    await goLive();
    transport.disconnect();
    expect(live.state.get().status).toBe("connecting");
    for (let failure = 0; failure < 5; failure += 1) {
      await vi.advanceTimersByTimeAsync(8_000);
      transport.tell("connect_error", new Error("refused"));
    }
    expect(live.state.get().status).toBe("offline");
    const tries = transport.auths.length;
    await vi.advanceTimersByTimeAsync(2_400);
    expect(transport.auths).toHaveLength(tries);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.auths).toHaveLength(tries + 1);
  });

  it("connects at once when the network is back", async () => {
    await goLive();
    window.dispatchEvent(new Event("offline"));
    expect(live.state.get().status).toBe("offline");
    const tries = transport.auths.length;
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.auths.length).toBeGreaterThan(tries);
  });

  it("reconnects at once after the machine slept", async () => {
    await goLive();
    const tries = transport.auths.length;
    vi.setSystemTime(Date.now() + 120_000);
    await vi.advanceTimersByTimeAsync(5_001);
    expect(transport.auths.length).toBeGreaterThan(tries);
  });

  it("gives up a connection that has gone silent", async () => {
    await goLive();
    const tries = transport.auths.length;
    transport.heardAt = Date.now() - 60_000;
    await vi.advanceTimersByTimeAsync(5_001);
    expect(transport.auths.length).toBeGreaterThan(tries);
  });

  it("comes back with a new token when the old one has ended", async () => {
    await goLive();
    transport.tell("signed_out", { reason: "token_expired" });
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.auths.at(-1)).toMatchObject({ token: "renewed", cursor: 10 });
    expect(handlers.onSignedOut).not.toHaveBeenCalled();
  });

  it("ends when the session was ended", async () => {
    await goLive();
    transport.tell("signed_out", { reason: "signed_out" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(handlers.onSignedOut).toHaveBeenCalledOnce();
    expect(transport.auths).toHaveLength(1);
  });

  it("waits as long as a stopping server asks", async () => {
    await goLive();
    transport.tell("reconnect", { after_ms: 700 });
    await vi.advanceTimersByTimeAsync(600);
    expect(transport.auths).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(transport.auths).toHaveLength(2);
  });
});

describe("events", () => {
  it("hands every event on once, in order", async () => {
    await goLive(10);
    transport.tell("events", [item(11), item(12)]);
    transport.tell("events", [item(12), item(13)]);
    const seen = handlers.onEvents.mock.calls.flatMap(([items]) =>
      (items as { seq: number }[]).map(({ seq }) => seq),
    );
    expect(seen).toEqual([11, 12, 13]);
  });

  it("starts anew when the gap cannot be replayed", async () => {
    await goLive(10);
    transport.tell("resync_required", { reason: "too_old" });
    expect(handlers.onResync).toHaveBeenCalledOnce();
    expect(live.cursor).toBeNull();
    transport.ready(500, false);
    expect(live.cursor).toBe(500);
  });

  it("keeps the cursor young when there is nothing for this person", async () => {
    await goLive(10);
    transport.tell("cursor", { seq: 90 });
    transport.tell("cursor", { seq: 80 });
    expect(live.cursor).toBe(90);
  });
});

describe("commands", () => {
  it("resolves with the result", async () => {
    await goLive();
    const answer = live.send("mark_read", { conversation_id: "c1" });
    transport.answer("mark_read", {});
    await expect(answer).resolves.toEqual({});
  });

  it("rejects with the problem that the server answers", async () => {
    await goLive();
    const answer = live.send("accept_ticket", { ticket_id: "t1" });
    transport.answer("accept_ticket", {
      type: "urn:prosa:problem:already_accepted",
      title: "Somebody else already answers this ticket",
      status: 409,
      code: "already_accepted",
      assignee_name: "Bruno",
    });
    const error: unknown = await answer.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ code: "already_accepted" });
    expect(error instanceof ProblemError ? error.text("assignee_name") : null).toBe("Bruno");
  });

  it("rejects at once without a connection", async () => {
    live.start();
    await expect(live.send("mark_read", { conversation_id: "c1" })).rejects.toBeInstanceOf(UnreachableError);
    expect(transport.sent).toHaveLength(0);
  });

  it("rejects what was under way when the connection is lost", async () => {
    await goLive();
    const answer = live.send("mark_read", { conversation_id: "c1" });
    transport.disconnect();
    await expect(answer).rejects.toBeInstanceOf(UnreachableError);
  });

  it("takes a server that does not acknowledge for dead", async () => {
    await goLive();
    const answer = live.send("mark_read", { conversation_id: "c1" });
    const outcome = expect(answer).rejects.toBeInstanceOf(UnreachableError);
    await vi.advanceTimersByTimeAsync(10_000);
    await outcome;
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.auths).toHaveLength(2);
  });
});
