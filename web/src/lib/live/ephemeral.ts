import { Store, useStore } from "@/lib/store";
import type { EphemeralMap } from "@/lib/wire/protocol.gen";

/** Somebody who stopped without saying so is forgotten after this long; typing is repeated more often than that. */
const TYPING_TTL_MS = 6_000;
const NOBODY: readonly string[] = [];

interface Ephemeral {
  typing: Record<string, readonly string[]>;
  viewing: Record<string, readonly string[]>;
  connected: ReadonlySet<string>;
}

/** Who types, who looks, who is here: unnumbered, never replayed, wrong for a moment at worst. */
export class EphemeralState {
  readonly store = new Store<Ephemeral>({ typing: {}, viewing: {}, connected: new Set() });
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  take<K extends "typing" | "viewing" | "presence">(event: K, payload: EphemeralMap[K]): void {
    if (event === "typing") this.#typing(payload as EphemeralMap["typing"]);
    else if (event === "viewing") {
      const { conversation_id, user_ids } = payload as EphemeralMap["viewing"];
      this.setViewing(conversation_id, user_ids);
    } else this.#presence(payload as EphemeralMap["presence"]);
  }

  setViewing(conversationId: string, userIds: readonly string[]): void {
    this.store.set((state) => ({ ...state, viewing: { ...state.viewing, [conversationId]: userIds } }));
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.store.set({ typing: {}, viewing: {}, connected: new Set() });
  }

  #typing({ conversation_id, user_id, typing }: EphemeralMap["typing"]): void {
    const key = `${conversation_id}/${user_id}`;
    clearTimeout(this.#timers.get(key));
    this.store.set((state) => {
      const others = (state.typing[conversation_id] ?? NOBODY).filter((id) => id !== user_id);
      const now = typing ? [...others, user_id] : others;
      return { ...state, typing: { ...state.typing, [conversation_id]: now } };
    });
    if (typing) {
      const stop = () => this.#typing({ conversation_id, user_id, typing: false });
      this.#timers.set(key, setTimeout(stop, TYPING_TTL_MS));
    } else this.#timers.delete(key);
  }

  #presence({ user_id, connected }: EphemeralMap["presence"]): void {
    this.store.set((state) => {
      const next = new Set(state.connected);
      if (connected) next.add(user_id);
      else next.delete(user_id);
      return { ...state, connected: next };
    });
  }
}

export const ephemeral = new EphemeralState();

export function useTyping(conversationId: string): readonly string[] {
  return useStore(ephemeral.store, (state) => state.typing[conversationId] ?? NOBODY);
}

export function useViewing(conversationId: string): readonly string[] {
  return useStore(ephemeral.store, (state) => state.viewing[conversationId] ?? NOBODY);
}
