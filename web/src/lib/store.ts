import { useSyncExternalStore } from "react";

/** A value outside React that components may watch. `set` with an equal reference tells nobody. */
export class Store<T> {
  #value: T;
  readonly #watchers = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get = (): T => this.#value;

  set = (update: T | ((current: T) => T)): void => {
    const next = typeof update === "function" ? (update as (current: T) => T)(this.#value) : update;
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const watcher of [...this.#watchers]) watcher();
  };

  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };
}

/** `select` must answer the same reference for the same state (a field, not a new object). */
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
