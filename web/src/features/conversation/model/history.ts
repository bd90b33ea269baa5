/**
 * The messages of one conversation as far as they are loaded, and how events change them: pure functions.
 *
 * `items` never has a hole: a page joins them only where the two touch, and events join them only while this browser
 * is subscribed to every one of them ("live"). Between opening and the first page they wait apart ("awaiting").
 * A message is replaced only by a higher version, so an event that comes twice or late changes nothing.
 */
import type { MessageListView } from "@/lib/wire/openapi.gen";
import type { MessageStatusChanged, MessageView } from "@/lib/wire/protocol.gen";

export interface History {
  /** Oldest first, by (at, id): the server's own order. */
  items: readonly MessageView[];
  /** The cursor of the page before `items`; null at the conversation's start. */
  nextBefore: string | null;
  /** Log position of the newest snapshot in here. */
  seq: number;
  phase: "awaiting" | "live" | "left";
  /** New messages that came while a page is awaited. */
  ahead: readonly MessageView[];
  /** Status changes that came before their message. */
  early: Readonly<Record<string, MessageStatusChanged>>;
}

export const EMPTY_HISTORY: History = {
  items: [],
  nextBefore: null,
  seq: 0,
  phase: "awaiting",
  ahead: [],
  early: {},
};

export function compareMessages(a: MessageView, b: MessageView): number {
  return Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function withStatus(message: MessageView, change: MessageStatusChanged | undefined): MessageView {
  if (!change || change.version <= message.version) return message;
  const { status, status_at, error, version } = change;
  return { ...message, status, status_at, error, version };
}

/** The union of both, each message in its highest version. The same array when `incoming` brings nothing new. */
function merge(
  items: readonly MessageView[],
  incoming: readonly MessageView[],
  early: History["early"],
): readonly MessageView[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  let changed = false;
  for (const message of incoming) {
    const current = byId.get(message.id);
    const newer = current && current.version >= message.version ? current : message;
    const next = withStatus(newer, early[message.id]);
    if (next === current) continue;
    byId.set(message.id, next);
    changed = true;
  }
  return changed ? [...byId.values()].sort(compareMessages) : items;
}

/** A page is on its way: what comes before it waits apart. */
export function awaitPage(history: History | undefined): History {
  return { ...(history ?? EMPTY_HISTORY), phase: "awaiting", ahead: [] };
}

/** Nobody looks any more and events may be missing from now on. */
export function leave(history: History): History {
  return { ...history, phase: "left", ahead: [], early: {} };
}

/** A fresh newest page. Joins what is there when the two touch; otherwise a gap may lie between, and it stands alone. */
export function mergeNewest(history: History | undefined, page: MessageListView): History {
  const before = history ?? EMPTY_HISTORY;
  const known = new Set(before.items.map((item) => item.id));
  const touches = page.items.some((item) => known.has(item.id));
  const base = touches ? before.items : [];
  return {
    items: merge(merge(base, page.items, before.early), before.ahead, before.early),
    nextBefore: touches ? before.nextBefore : page.next_before,
    seq: Math.max(before.seq, page.seq),
    phase: "live",
    ahead: [],
    early: before.early,
  };
}

export function mergeOlder(history: History, page: MessageListView): History {
  return { ...history, items: merge(history.items, page.items, history.early), nextBefore: page.next_before };
}

/** message_created and message_updated. */
export function upsertMessage(history: History, message: MessageView): History {
  if (history.items.some((item) => item.id === message.id)) {
    const items = merge(history.items, [message], history.early);
    return items === history.items ? history : { ...history, items };
  }
  if (history.phase === "left") return history;
  if (history.phase === "awaiting") {
    const ahead = merge(history.ahead, [message], history.early);
    return ahead === history.ahead ? history : { ...history, ahead };
  }
  const oldest = history.items[0];
  // Older than what is loaded: the page that holds it will bring it.
  if (oldest && history.nextBefore !== null && compareMessages(message, oldest) < 0) return history;
  return { ...history, items: merge(history.items, [message], history.early) };
}

/** message_status_changed. */
export function advanceStatus(history: History, change: MessageStatusChanged): History {
  const index = history.items.findIndex((item) => item.id === change.message_id);
  const current = history.items[index];
  if (current) {
    const next = withStatus(current, change);
    return next === current ? history : { ...history, items: history.items.with(index, next) };
  }
  const early = history.early[change.message_id];
  if (history.phase === "left" || (early && early.version >= change.version)) return history;
  const ahead = history.ahead.map((item) =>
    item.id === change.message_id ? withStatus(item, change) : item,
  );
  return { ...history, ahead, early: { ...history.early, [change.message_id]: change } };
}
