/**
 * The messages of one conversation as far as they are loaded, and how events change them: pure functions.
 *
 * `items` never has a hole: pages join them at their ends, and events join them only while this browser is subscribed to
 * every one of them ("live"). Between opening and the newest page they wait apart ("awaiting").
 * A message is replaced only by a higher version, so an event that comes twice or late changes nothing.
 */
import { compareInstants } from "@/lib/time/instants";
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
  /** Told, but part of a page that is not here: of the one that is awaited, or of an older one. */
  apart: readonly MessageView[];
  /** Status changes that came before their message. */
  early: Readonly<Record<string, MessageStatusChanged>>;
}

export const EMPTY_HISTORY: History = {
  items: [],
  nextBefore: null,
  seq: 0,
  phase: "awaiting",
  apart: [],
  early: {},
};

export function compareMessages(a: MessageView, b: MessageView): number {
  return compareInstants(a.at, b.at) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
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

/** The newest page is on its way: what is not here yet waits apart until it has come. */
export function awaitPage(history: History | undefined): History {
  return { ...(history ?? EMPTY_HISTORY), phase: "awaiting" };
}

/** Nobody looks any more and events may be missing from now on. */
export function leave(history: History): History {
  return { ...history, phase: "left", apart: [], early: {} };
}

/** What waited apart joins where the loaded pages reach. */
function withApart(history: History): History {
  const oldest = history.items[0];
  const reached = (message: MessageView) =>
    history.nextBefore === null || (oldest !== undefined && compareMessages(message, oldest) > 0);
  const joining = history.apart.filter(reached);
  if (joining.length === 0) return history;
  return {
    ...history,
    items: merge(history.items, joining, history.early),
    apart: history.apart.filter((message) => !reached(message)),
  };
}

/**
 * The newest messages, fetched anew. They take the place of what was there: of that, changes may have gone unheard, so
 * only copies that events have renewed since are kept.
 */
export function mergeNewest(history: History | undefined, page: MessageListView): History {
  const before = history ?? EMPTY_HISTORY;
  const fetched = new Set(page.items.map((item) => item.id));
  const told = [...before.items, ...before.apart].filter((item) => fetched.has(item.id));
  return withApart({
    items: merge(merge([], page.items, before.early), told, before.early),
    nextBefore: page.next_before,
    seq: page.seq,
    phase: "live",
    apart: before.apart.filter((item) => !fetched.has(item.id)),
    early: before.early,
  });
}

export function mergeOlder(history: History, page: MessageListView): History {
  const fetched = new Set(page.items.map((item) => item.id));
  const told = history.apart.filter((item) => fetched.has(item.id));
  return withApart({
    ...history,
    items: merge(merge(history.items, page.items, history.early), told, history.early),
    nextBefore: page.next_before,
    apart: history.apart.filter((item) => !fetched.has(item.id)),
  });
}

/** message_created and message_updated. */
export function upsertMessage(history: History, message: MessageView): History {
  if (history.items.some((item) => item.id === message.id)) {
    const items = merge(history.items, [message], history.early);
    return items === history.items ? history : { ...history, items };
  }
  if (history.phase === "left") return history;
  const apart = merge(history.apart, [message], history.early);
  if (apart === history.apart) return history;
  const waiting = { ...history, apart };
  return history.phase === "awaiting" ? waiting : withApart(waiting);
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
  const apart = history.apart.map((item) =>
    item.id === change.message_id ? withStatus(item, change) : item,
  );
  return { ...history, apart, early: { ...history.early, [change.message_id]: change } };
}
