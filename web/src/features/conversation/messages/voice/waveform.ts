/** The loudness of a recording as bars. Pure. */

/** Loudest sample of each of `count` equal stretches, scaled so that the loudest bar is 1. Silence stays 0. */
export function peaksOf(samples: Float32Array, count: number): number[] {
  const peaks: number[] = [];
  const stretch = samples.length / count;
  for (let bar = 0; bar < count; bar += 1) {
    let peak = 0;
    const end = Math.min(samples.length, Math.floor((bar + 1) * stretch));
    for (let at = Math.floor(bar * stretch); at < end; at += 1) peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    peaks.push(peak);
  }
  const loudest = Math.max(...peaks, 0);
  return loudest === 0 ? peaks : peaks.map((peak) => peak / loudest);
}

/** Bars as one SVG path in a box of `count` × 1 … drawn from the middle; the quietest is a dot. */
export function barsPath(peaks: number[], height: number): string {
  const middle = height / 2;
  return peaks
    .map((peak, bar) => {
      // A square root, because ears hear loudness that way: quiet speech would be a flat line otherwise.
      const half = Math.max(0.6, (Math.sqrt(peak) * (height - 4)) / 2);
      return `M${bar + 0.5} ${(middle - half).toFixed(2)}V${(middle + half).toFixed(2)}`;
    })
    .join("");
}
