/** Bars of a recording, decoded from its bytes once and kept. */
import { peaksOf } from "./waveform";

export const BAR_COUNT = 46;

// Loudness needs no fidelity: a low rate keeps ten minutes of sound under 20 MB while it is being decoded.
const DECODE_RATE = 8_000;
// Voice notes of five minutes have about 700 kB; whole songs are not fetched for a drawing.
const SIZE_MAX = 1_500_000;
// A few screens of voice notes; one entry holds 46 numbers.
const KEPT_MAX = 300;

export interface DecodedPeaks {
  peaks: number[];
  durationMs: number;
}

const kept = new Map<string, Promise<DecodedPeaks | null>>();

/** Null when the browser cannot decode the sound, or it is too big to fetch for a drawing. */
export function decodedPeaks(url: string, size: number | null): Promise<DecodedPeaks | null> {
  if (size !== null && size > SIZE_MAX) return Promise.resolve(null);
  const known = kept.get(url);
  if (known !== undefined) return known;
  const oldest = kept.keys().next().value;
  if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest);
  const decoding = decode(url).catch(() => null);
  kept.set(url, decoding);
  return decoding;
}

async function decode(url: string): Promise<DecodedPeaks | null> {
  if (typeof OfflineAudioContext === "undefined") return null;
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) return null;
  const sound = await new OfflineAudioContext(1, 1, DECODE_RATE).decodeAudioData(await response.arrayBuffer());
  return { peaks: peaksOf(sound.getChannelData(0), BAR_COUNT), durationMs: sound.duration * 1000 };
}
