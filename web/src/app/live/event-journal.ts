/**
 * What was told while an answer was on its way: the server may have read the answer before it happened, and writing the
 * answer into the cache would undo it. The answer is taken, and these events once more on top of it.
 *
 * Kept only while anything is being fetched.
 */
import type { Query, QueryCacheNotifyEvent, QueryClient } from "@tanstack/react-query";
import { changed, isKnownType, isLiveFamily } from "@/app/live/event-changes";
import type { Viewer } from "@/lib/viewer";
import type { EventMap, LogItem } from "@/lib/wire/protocol.gen";

interface Fetch {
  /** How many items there were when it began. */
  since: number;
  /** Begun before the socket was live: what happened in between, nobody told. */
  hasHoles: boolean;
}

export class EventJournal {
  readonly #cache: QueryClient;
  readonly #viewer: () => Viewer;
  #items: LogItem[] = [];
  /** By query hash. */
  readonly #fetching = new Map<string, Fetch>();

  constructor(cache: QueryClient, viewer: () => Viewer) {
    this.#cache = cache;
    this.#viewer = viewer;
  }

  start(): () => void {
    const stop = this.#cache.getQueryCache().subscribe(this.#follow);
    return () => {
      stop();
      this.#fetching.clear();
      this.#items = [];
    };
  }

  write(items: readonly LogItem[]): void {
    if (this.#fetching.size > 0) this.#items.push(...items);
  }

  /** Everything is asked for anew, silently: what is shown stays until the fresh answer is here. */
  refetch(): void {
    // A first answer that is on its way is not cancelled, for it is all there will be to show; it is asked for again.
    for (const query of this.#cache.getQueryCache().findAll({ fetchStatus: "fetching" })) {
      const fetch = this.#fetching.get(query.queryHash);
      if (fetch && query.state.data === undefined) fetch.hasHoles = true;
    }
    void this.#cache.invalidateQueries();
  }

  readonly #follow = (event: QueryCacheNotifyEvent): void => {
    const query = event.query as Query;
    if (event.type === "removed") this.#end(query);
    if (event.type !== "updated") return;
    const { action } = event;
    if (action.type === "fetch")
      this.#fetching.set(query.queryHash, { since: this.#items.length, hasHoles: false });
    else if (action.type === "success" && action.manual !== true) this.#arrived(query);
    // A cancelled fetch puts the old state back.
    else if (action.type === "error" || action.type === "setState") this.#end(query);
  };

  #arrived(query: Query): void {
    const fetch = this.#fetching.get(query.queryHash);
    const missed = fetch ? this.#items.slice(fetch.since) : [];
    this.#end(query);
    this.#replay(query, missed);
    if (fetch?.hasHoles) void this.#cache.invalidateQueries({ queryKey: query.queryKey, exact: true });
  }

  #replay(query: Query, items: readonly LogItem[]): void {
    const [family, part] = query.queryKey;
    if (!isLiveFamily(family)) return;
    let data: unknown = query.state.data;
    for (const { type, data: event } of items) {
      if (!isKnownType(type)) continue;
      const told = event as unknown as EventMap[typeof type];
      data = changed(family, part as never, data as never, type, told, this.#viewer());
    }
    if (data !== query.state.data) this.#cache.setQueryData(query.queryKey, data);
  }

  #end(query: Query): void {
    this.#fetching.delete(query.queryHash);
    if (this.#fetching.size === 0) this.#items = [];
  }
}
