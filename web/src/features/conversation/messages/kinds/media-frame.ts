/** The place that a picture or video takes, known before its bytes arrive so that nothing jumps. Pure. */

export interface Frame {
  width: number;
  height: number;
}

// Wide enough to read a receipt, low enough that two pictures fit on a 900 px screen.
const WIDTH_MAX = 320;
const HEIGHT_MAX = 360;
// Room for the time, the ticks and a play button.
const WIDTH_MIN = 180;
const HEIGHT_MIN = 112;
// When the server could not read the size: the most frequent shape of a phone's picture.
const UNKNOWN: Frame = { width: 280, height: 210 };

export function frameFor(width: number | null | undefined, height: number | null | undefined): Frame {
  if (!width || !height || width < 0 || height < 0) return UNKNOWN;
  const scale = Math.min(WIDTH_MAX / width, HEIGHT_MAX / height, 1);
  return {
    width: Math.round(Math.max(width * scale, WIDTH_MIN)),
    height: Math.round(Math.max(height * scale, HEIGHT_MIN)),
  };
}

export function frameStyle(frame: Frame): { width: number; aspectRatio: string } {
  return { width: frame.width, aspectRatio: `${frame.width} / ${frame.height}` };
}
