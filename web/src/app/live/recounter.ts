import type { QueryClient } from "@tanstack/react-query";
import { askAnew } from "@/lib/api/ask-anew";
import { keys } from "@/lib/api/queries";

/** The first change counts at once; a burst of them at most this often, since every operator's browser asks. */
const PAUSE_MS = 2_000;
/** Gathers the events of one moment. */
const GATHER_MS = 120;

/** Asks the server for the views' counters when an event may have moved them. */
export class Recounter {
  readonly #cache: QueryClient;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #countedAt = 0;

  constructor(cache: QueryClient) {
    this.#cache = cache;
  }

  recount(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(GATHER_MS, this.#countedAt + PAUSE_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#countedAt = Date.now();
      void askAnew(this.#cache, keys.counts);
    }, wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
