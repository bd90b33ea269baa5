import { describe, expect, it } from "vitest";
import { buildTimeline, type TimelineItem } from "@/features/conversation/model/timeline";
import type { OutboxEntry } from "@/features/conversation/model/outbox";
import { ME, at, buildMessage, buildTicket } from "@/test/builders";

const BASE = { atStart: true, outbox: [], tickets: [], userId: ME, unread: null };
const DAY = 24 * 60;

function entry(id: string): OutboxEntry {
  return {
    clientMessageId: id,
    conversationId: "c1",
    content: { kind: "text", body: "oi" },
    file: null,
    replyTo: null,
    at: at(5),
    state: "waiting",
    problem: null,
  };
}

function types(timeline: TimelineItem[]): string[] {
  return timeline.map((item) => (item.type === "ticket" ? item.event : item.type));
}

describe("buildTimeline", () => {
  it("puts the day before its first message", () => {
    const items = [buildMessage({ id: "a" }), buildMessage({ id: "b", at: at(DAY) })];
    expect(types(buildTimeline({ ...BASE, items }))).toEqual([
      "beginning",
      "day",
      "message",
      "day",
      "message",
    ]);
  });

  it("groups what one author says in one go", () => {
    const items = [
      buildMessage({ id: "a" }),
      buildMessage({ id: "b", at: at(1) }),
      buildMessage({ id: "c", at: at(30) }),
    ];
    const grouped = buildTimeline({ ...BASE, items }).flatMap((item) =>
      item.type === "message" ? [item.grouped] : [],
    );
    expect(grouped).toEqual([false, true, false]);
  });

  it("separates the tickets", () => {
    const tickets = [
      buildTicket({ id: "t2", created_at: at(20) }),
      buildTicket({ id: "t1", state: "closed", closed_at: at(10) }),
    ];
    const items = [
      buildMessage({ id: "a", ticket_id: "t1" }),
      buildMessage({ id: "b", ticket_id: "t2", at: at(20) }),
    ];
    expect(types(buildTimeline({ ...BASE, items, tickets }))).toEqual([
      "beginning",
      "day",
      "opened",
      "message",
      "closed",
      "opened",
      "message",
    ]);
  });

  it("does not claim the beginning of a ticket or a day that may lie above", () => {
    const items = [buildMessage({ id: "a", ticket_id: "t1" })];
    const timeline = buildTimeline({ ...BASE, items, atStart: false, tickets: [buildTicket({ id: "t1" })] });
    expect(types(timeline)).toEqual(["message"]);
  });

  it("shows a message once when the server's version is there, under the same key", () => {
    const before = buildTimeline({ ...BASE, items: [], outbox: [entry("x")] });
    const sent = buildMessage({ id: "m1", client_message_id: "x", direction: "out", at: at(5) });
    const after = buildTimeline({ ...BASE, items: [sent], outbox: [entry("x")] });
    expect(after.filter((item) => item.type === "message")).toHaveLength(1);
    expect(before.at(-1)?.key).toBe(after.at(-1)?.key);
  });

  it("draws the unread line above the first unread message", () => {
    const items = [buildMessage({ id: "a" }), buildMessage({ id: "b", at: at(1) })];
    const timeline = buildTimeline({ ...BASE, items, unread: { messageId: "b", count: 1 } });
    expect(types(timeline)).toEqual(["beginning", "day", "message", "unread", "message"]);
  });
});
