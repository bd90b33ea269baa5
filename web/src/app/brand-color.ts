/** An account's own accent, made readable: darkened or lightened until it meets WCAG AA (4.5:1) on our surfaces. */
import { AA, BLACK, WHITE, contrast, hex, mix, parseHex, readableOn, type Rgb } from "@/lib/color";

/** --surface-1 of both themes: what the soft tints are mixed into. */
const LIGHT_GROUND: Rgb = [250, 249, 246];
const DARK_GROUND: Rgb = [21, 26, 24];
/** --surface-3 of both themes: the hardest of the grounds that the accent stands on as text. */
export const LIGHT_HARDEST: Rgb = [240, 238, 232];
export const DARK_HARDEST: Rgb = [34, 41, 39];

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
  const light = readableOn(color, LIGHT_HARDEST, BLACK);
  const dark = readableOn(color, DARK_HARDEST, WHITE);
  const onDark = contrast(dark, WHITE) >= AA ? "#ffffff" : "#0b1110";
  return (
    `:root[data-mantine-color-scheme="light"]{${tokens(light, BLACK, "#ffffff", LIGHT_GROUND)}}` +
    `:root[data-mantine-color-scheme="dark"]{${tokens(dark, WHITE, onDark, DARK_GROUND)}}`
  );
}
