/** Whether a colour can be a company's: white text is readable on it. As accounts/branding on the server. */
import { AA, WHITE, contrast, hex, parseHex, type Rgb } from "@/lib/color";

/** One step towards black, in shares of what is there: the hue stays. */
const DARKEN_STEP = 0.96;

/** "#RRGGBB" in small letters, with or without the sign as typed; null for anything else. */
export function normalHex(text: string): string | null {
  const typed = text.trim().toLowerCase();
  const color = parseHex(typed.startsWith("#") ? typed : `#${typed}`);
  return color === null ? null : hex(color);
}

export function contrastWithWhite(color: string): number {
  return contrast(parseHex(color) ?? WHITE, WHITE);
}

export function isReadable(color: string): boolean {
  return contrastWithWhite(color) >= AA;
}

/** The nearest darker one that is readable. */
export function darkened(color: string): string {
  let shade: Rgb = parseHex(color) ?? WHITE;
  while (contrast(shade, WHITE) < AA) {
    shade = [shade[0] * DARKEN_STEP, shade[1] * DARKEN_STEP, shade[2] * DARKEN_STEP];
  }
  return hex([Math.floor(shade[0]), Math.floor(shade[1]), Math.floor(shade[2])]);
}
