/** Colours as numbers, and whether text in them can be read (WCAG 2.2, 1.4.3). */

export type Rgb = readonly [number, number, number];

/** What text needs on its ground (AA). */
export const AA = 4.5;
const STEP = 0.04;
export const WHITE: Rgb = [255, 255, 255];
export const BLACK: Rgb = [0, 0, 0];

export function parseHex(text: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (!match) return null;
  const [r, g, b] = match.slice(1).map((part) => Number.parseInt(part, 16));
  return r === undefined || g === undefined || b === undefined ? null : [r, g, b];
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

export function mix(color: Rgb, into: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => Math.round(color[index] + (into[index] - color[index]) * share);
  return [part(0), part(1), part(2)];
}

/** `color` moved towards `into` until it can be read on `ground`. */
export function readableOn(color: Rgb, ground: Rgb, into: Rgb): Rgb {
  for (let share = 0; share < 1; share += STEP) {
    const candidate = mix(color, into, share);
    if (contrast(candidate, ground) >= AA) return candidate;
  }
  return into;
}

export function hex(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
