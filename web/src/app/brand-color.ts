/** An account's own accent, made readable: darkened or lightened until it meets WCAG AA (4.5:1) on our surfaces. */
import { AA, BLACK, WHITE, contrast, hex, mix, parseHex, readableOn, type Rgb } from "@/lib/color";

/** --surface-1 of both themes, where the accent stands as text. */
const LIGHT_GROUND: Rgb = [250, 249, 246];
const DARK_GROUND: Rgb = [21, 26, 24];

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
