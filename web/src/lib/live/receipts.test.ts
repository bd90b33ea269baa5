import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Receipts } from "@/lib/live/receipts";
import type { LogItem, Seen } from "@/lib/wire/protocol.gen";

function item(seq: number, type = "ticket_updated", data: LogItem["data"] = {}): LogItem {
  return { seq, type, at: "2026-11-23T12:00:00Z", data };
}

function message(seq: number, id: string, conversation_id = "c1"): LogItem {
  return item(seq, "message_created", { message: { id, conversation_id } });
}

let sent: { seen: Seen; answered: (answer: unknown) => void }[];
let receipts: Receipts;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  receipts = new Receipts({
    emit: (seen, answered) => sent.push({ seen, answered }),
    isShown: (id) => id === "c1",
  });
});
afterEach(() => vi.useRealTimers());

describe("confirming", () => {
  it("says once in a while how many items came, not once for each", () => {
    receipts.open(1_000);
    for (let seq = 1; seq <= 20; seq += 1) receipts.take([item(seq), item(seq + 100)], 0);
    expect(sent).toHaveLength(0);
    vi.advanceTimersByTime(1_000);
    expect(sent.map(({ seen }) => seen.items)).toEqual([40]);
    vi.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(1);
  });

  it("counts what the replay brought before the server was ready", () => {
    receipts.reset();
    receipts.take([item(1), item(2)], 0);
    vi.advanceTimersByTime(5_000);
    expect(sent).toHaveLength(0);
    receipts.open(2_000);
    vi.advanceTimersByTime(2_000);
    expect(sent[0]?.seen.items).toBe(2);
  });

  it("begins anew with every connection", () => {
    receipts.open(1_000);
    receipts.take([item(1)], 0);
    receipts.reset();
    vi.advanceTimersByTime(5_000);
    expect(sent).toHaveLength(0);
    receipts.open(1_000);
    receipts.take([item(2)], 0);
    vi.advanceTimersByTime(1_000);
    expect(sent.map(({ seen }) => seen.items)).toEqual([1]);
  });

  it("keeps to the pace that the server asks for", () => {
    receipts.open(10_000);
    receipts.take([item(1)], 0);
    vi.advanceTimersByTime(9_000);
    expect(sent).toHaveLength(0);
    vi.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(1);
  });
});

describe("painting", () => {
  it("measures from the frame to the second animation frame, of what is on the screen", () => {
    receipts.open(1_000);
    receipts.take([message(1, "shown"), message(2, "elsewhere", "c2")], performance.now());
    vi.advanceTimersByTime(2_000);
    const painted = sent.flatMap(({ seen }) => seen.painted ?? []);
    expect(painted.map(({ message_id }) => message_id)).toEqual(["shown"]);
    expect(painted[0]?.after_ms).toBeGreaterThan(15);
    expect(painted[0]?.after_ms).toBeLessThan(60);
  });

  it("paints nothing in a hidden tab", () => {
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    receipts.open(1_000);
    receipts.take([message(1, "hidden")], performance.now());
    vi.advanceTimersByTime(3_000);
    expect(sent.flatMap(({ seen }) => seen.painted ?? [])).toEqual([]);
    vi.restoreAllMocks();
  });

  it("samples a flood instead of queueing it", () => {
    receipts.open(1_000);
    for (let n = 0; n < 300; n += 1) receipts.take([message(n, `m${n}`)], performance.now());
    vi.advanceTimersByTime(1_000);
    expect(sent[0]?.seen.painted).toHaveLength(100);
  });

  it("tells the shortest round trip of late", () => {
    receipts.open(1_000);
    for (const wait of [40, 12, 90]) {
      receipts.take([item(1)], 0);
      vi.advanceTimersByTime(1_000);
      vi.advanceTimersByTime(wait);
      sent.at(-1)?.answered({});
    }
    receipts.take([item(1)], 0);
    vi.advanceTimersByTime(1_000);
    expect(sent.map(({ seen }) => seen.round_trip_ms)).toEqual([0, 40, 12, 12]);
  });
});
