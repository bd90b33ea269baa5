/** Zooming a picture around a point. Pure: positions are pixels from the centre of the stage. */

export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };

// Eight times shows the digits of a photographed receipt.
const SCALE_MAX = 8;

/** Scales by `factor` so that the point under the pointer stays under it; never smaller than the whole picture. */
export function zoomAt(zoom: Zoom, factor: number, pointX: number, pointY: number): Zoom {
  const scale = Math.min(SCALE_MAX, Math.max(1, zoom.scale * factor));
  if (scale === 1) return WHOLE;
  const ratio = scale / zoom.scale;
  return { scale, x: pointX - (pointX - zoom.x) * ratio, y: pointY - (pointY - zoom.y) * ratio };
}

/** Moves a zoomed picture, but not further than that its edge reaches the middle of the stage. */
export function pan(zoom: Zoom, deltaX: number, deltaY: number, width: number, height: number): Zoom {
  if (zoom.scale === 1) return zoom;
  return {
    scale: zoom.scale,
    x: clamp(zoom.x + deltaX, (width * zoom.scale) / 2),
    y: clamp(zoom.y + deltaY, (height * zoom.scale) / 2),
  };
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
