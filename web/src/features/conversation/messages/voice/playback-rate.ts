/** How fast voice notes play: one choice for all of them, kept on this device. */
import { readStored, writeStored } from "@/lib/storage";
import { Store, useStore } from "@/lib/store";

export const PLAYBACK_RATES = [1, 1.5, 2] as const;
export type PlaybackRate = (typeof PLAYBACK_RATES)[number];

const KEY = "prosa.playback-rate";

const store = new Store<PlaybackRate>(PLAYBACK_RATES.find((rate) => rate === readStored(KEY)) ?? 1);

export function usePlaybackRate(): PlaybackRate {
  return useStore(store, (rate) => rate);
}

export function nextPlaybackRate(rate: PlaybackRate): PlaybackRate {
  return PLAYBACK_RATES[(PLAYBACK_RATES.indexOf(rate) + 1) % PLAYBACK_RATES.length] ?? 1;
}

export function changePlaybackRate(rate: PlaybackRate): void {
  store.set(() => rate);
  writeStored(KEY, rate);
}
