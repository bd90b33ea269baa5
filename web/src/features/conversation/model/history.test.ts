import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EMPTY_HISTORY,
  advanceStatus,
  awaitPage,
  compareMessages,
  leave,
  mergeNewest,
  mergeOlder,
  upsertMessage,
  type History,
} from "@/features/conversation/model/history";
import type { MessageStatusChanged, MessageView } from "@/lib/wire/protocol.gen";
import { at, buildMessage } from "@/test/builders";

function page(items: MessageView[], nextBefore: string | null = null, seq = 1) {
  return { items, next_before: nextBefore, seq };
}

function statusOf(message: MessageView): MessageStatusChanged {
  return {
    message_id: message.id,
    conversation_id: message.conversation_id,
    status: message.status,
    status_at: message.status_at,
    error: message.error,
    version: message.version,
  };
}

type Event = { type: "upsert"; message: MessageView } | { type: "status"; message: MessageView };

const steps = fc.array(
  fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e"),
    status: fc.constantFrom("queued" as const, "sent" as const, "delivered" as const, "read" as const),
    whole: fc.boolean(),
  }),
  { maxLength: 40 },
);

/** Runs a history of changes on the server's side: the events it sends, and what a fetch would answer in the end. */
function play(history: { id: string; status: MessageView["status"]; whole: boolean }[]) {
  const truth = new Map<string, MessageView>();
  const events: Event[] = [];
  for (const { id, status, whole } of history) {
    const before = truth.get(id);
    const minute = id.charCodeAt(0);
    const message: MessageView = before
      ? { ...before, status, version: before.version + 1 }
      : buildMessage({ id, at: at(minute), status });
    truth.set(id, message);
    events.push({ type: before && !whole ? "status" : "upsert", message });
  }
  return { events, truth: [...truth.values()].sort(compareMessages) };
}

function apply(history: History, event: Event): History {
  return event.type === "upsert"
    ? upsertMessage(history, event.message)
    : advanceStatus(history, statusOf(event.message));
}

describe("history", () => {
  it("equals a fresh fetch after any history of events, with repetitions and late ones", () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(), { maxLength: 20 }), (changes, repeats) => {
        const { events, truth } = play(changes);
        let history = mergeNewest(undefined, page([]));
        events.forEach((event, index) => {
          history = apply(history, event);
          const repeat = repeats[index];
          const old = repeat === undefined ? undefined : events[repeat % (index + 1)];
          if (old) history = apply(history, old);
        });
        expect(history.items).toEqual(truth);
      }),
      { numRuns: 300 },
    );
  });

  it("equals a fresh fetch wherever the page arrives between the events", () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (changes, fetched, arrived) => {
        const { events, truth } = play(changes);
        const snapshotAt = events.length === 0 ? 0 : fetched % (events.length + 1);
        const arrivesAt = Math.max(snapshotAt, events.length === 0 ? 0 : arrived % (events.length + 1));
        const snapshot = play(changes.slice(0, snapshotAt)).truth;
        let history = awaitPage(undefined);
        events.forEach((event, index) => {
          if (index === arrivesAt) history = mergeNewest(history, page(snapshot));
          // Subscribed before fetching: whatever the snapshot lacks comes as an event, and more.
          history = apply(history, event);
        });
        if (arrivesAt >= events.length) history = mergeNewest(history, page(snapshot));
        expect(history.items).toEqual(truth);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps a status that comes before its message", () => {
    const message = buildMessage({ id: "a", status: "sent", version: 2 });
    const early = advanceStatus(mergeNewest(undefined, page([])), {
      ...statusOf(message),
      status: "read",
      version: 4,
    });
    expect(upsertMessage(early, message).items[0]).toMatchObject({ status: "read", version: 4 });
  });

  it("shows of older pages only what was fetched anew, for their changes went unheard", () => {
    const [a, b, c] = ["a", "b", "c"].map((id, index) => buildMessage({ id, at: at(index) })) as [
      MessageView,
      MessageView,
      MessageView,
    ];
    const before = leave(mergeNewest(undefined, page([a, b], "older")));
    const after = mergeNewest(awaitPage(before), page([b, c], "newer", 9));
    expect(after.items.map(({ id }) => id)).toEqual(["b", "c"]);
    expect(after).toMatchObject({ nextBefore: "newer", seq: 9, phase: "live" });
  });

  it("keeps a change to an old message until the page that holds it has come", () => {
    const [old, recent] = [buildMessage({ id: "a", at: at(0) }), buildMessage({ id: "b", at: at(5) })];
    const edited = { ...old, edited_at: at(9), version: 2 };
    const waiting = upsertMessage(awaitPage(undefined), edited);
    const newest = mergeNewest(waiting, page([recent], "older"));
    expect(newest.items).toEqual([recent]);
    expect(mergeOlder(newest, page([old])).items).toEqual([edited, recent]);
  });

  it("starts anew when a gap may lie between", () => {
    const old = leave(mergeNewest(undefined, page([buildMessage({ id: "a", at: at(0) })], null)));
    const after = mergeNewest(awaitPage(old), page([buildMessage({ id: "z", at: at(900) })], "cursor"));
    expect(after.items.map(({ id }) => id)).toEqual(["z"]);
    expect(after.nextBefore).toBe("cursor");
  });

  it("hides nothing behind an event that comes before the page", () => {
    const stale = leave(mergeNewest(undefined, page([buildMessage({ id: "a", at: at(0) })])));
    const newest = buildMessage({ id: "z", at: at(60) });
    const waiting = upsertMessage(awaitPage(stale), newest);
    expect(waiting.items.map(({ id }) => id)).toEqual(["a"]);
    const missed = buildMessage({ id: "m", at: at(30) });
    const after = mergeNewest(waiting, page([missed], "cursor"));
    expect(after.items.map(({ id }) => id)).toEqual(["m", "z"]);
  });

  it("takes no new messages while nobody is subscribed", () => {
    const left = leave(mergeNewest(undefined, page([])));
    expect(upsertMessage(left, buildMessage({ id: "a" }))).toBe(left);
  });

  it("puts an older page in front", () => {
    const history = mergeNewest(undefined, page([buildMessage({ id: "b", at: at(5) })], "cursor"));
    const after = mergeOlder(history, page([buildMessage({ id: "a", at: at(1) })]));
    expect(after.items.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(after.nextBefore).toBeNull();
  });

  it("begins empty and waiting", () => {
    expect(awaitPage(undefined)).toEqual(EMPTY_HISTORY);
  });
});
