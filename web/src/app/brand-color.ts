/** An account's own accent, made readable: darkened or lightened until it meets WCAG AA (4.5:1) on our surfaces. */

type Rgb = readonly [number, number, number];

const AA = 4.5;
const STEP = 0.04;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** --surface-1 of both themes, where the accent stands as text. */
const LIGHT_GROUND: Rgb = [250, 249, 246];
const DARK_GROUND: Rgb = [21, 26, 24];

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

function mix(color: Rgb, into: Rgb, share: number): Rgb {
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

function hex(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function tokens(accent: Rgb, into: Rgb, onAccent: string, ground: Rgb): string {
  return [
    `--accent:${hex(accent)}`,
    `--accent-strong:${hex(mix(accent, into, 0.25))}`,
    `--accent-soft:${hex(mix(ground, accent, 0.12))}`,
    `--accent-line:${hex(mix(ground, accent, 0.35))}`,
    `--surface-selected:${hex(mix(ground, accent, 0.11))}`,
    `--on-accent:${onAccent}`,
  ].join(";");
}

/** CSS that replaces the accent in both themes; null when there is no usable colour. */
export function brandCss(brandColor: string | null): string | null {
  const color = brandColor === null ? null : parseHex(brandColor);
  if (color === null) return null;
  const light = readableOn(color, LIGHT_GROUND, BLACK);
  const dark = readableOn(color, DARK_GROUND, WHITE);
  const onDark = contrast(dark, WHITE) >= AA ? "#ffffff" : "#0b1110";
  return (
    `:root[data-mantine-color-scheme="light"]{${tokens(light, BLACK, "#ffffff", LIGHT_GROUND)}}` +
    `:root[data-mantine-color-scheme="dark"]{${tokens(dark, WHITE, onDark, DARK_GROUND)}}`
  );
}
