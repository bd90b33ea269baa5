import { isRecord, readStored, writeStored } from "@/lib/storage";
import { Store, useStore } from "@/lib/store";

export type Theme = "light" | "dark" | "auto";
export type Density = "comfortable" | "compact";
export type Locale = "pt-BR" | "en";
export type SendWith = "enter" | "mod-enter";

/** What this person wants on this device. */
export interface Preferences {
  theme: Theme;
  density: Density;
  /** null: the one of the account, else of the browser. */
  locale: Locale | null;
  sound: boolean;
  sendWith: SendWith;
  contextPanel: boolean;
}

const KEY = "prosa.preferences";

const DEFAULTS: Preferences = {
  theme: "auto",
  density: "comfortable",
  locale: null,
  sound: true,
  sendWith: "enter",
  contextPanel: true,
};

function oneOf<T>(value: unknown, options: readonly T[], fallback: T): T {
  return options.find((option) => option === value) ?? fallback;
}

export function parsePreferences(value: unknown): Preferences {
  const stored = isRecord(value) ? value : {};
  return {
    theme: oneOf(stored.theme, ["light", "dark", "auto"], DEFAULTS.theme),
    density: oneOf(stored.density, ["comfortable", "compact"], DEFAULTS.density),
    locale: oneOf<Locale | null>(stored.locale, ["pt-BR", "en"], null),
    sound: stored.sound !== false,
    sendWith: oneOf(stored.sendWith, ["enter", "mod-enter"], DEFAULTS.sendWith),
    contextPanel: stored.contextPanel !== false,
  };
}

const store = new Store<Preferences>(parsePreferences(readStored(KEY)));

export function preferences(): Preferences {
  return store.get();
}

export function changePreferences(change: Partial<Preferences>): void {
  store.set((current) => ({ ...current, ...change }));
  writeStored(KEY, store.get());
}

export function usePreference<K extends keyof Preferences>(key: K): Preferences[K] {
  return useStore(store, (value) => value[key]);
}

export const watchPreferences = store.subscribe;
