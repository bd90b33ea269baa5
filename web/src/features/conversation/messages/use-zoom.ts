import { useEffect, useState, type KeyboardEvent, type RefObject } from "react";
import { pan, WHOLE, zoomAt, type Zoom } from "./zoom";

const STEP = 1.4;
const DOUBLE_CLICK = 2.5;
// One notch of a wheel (deltaY 100) zooms by about a fifth.
const WHEEL_BASE = 1.0018;
const ARROW_PIXELS = 60;

export interface ZoomControls {
  zoom: Zoom;
  zoomIn: () => void;
  zoomOut: () => void;
  showWhole: () => void;
  move: (x: number, y: number) => void;
  toggleAt: (clientX: number, clientY: number) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** Zooms the picture on `stage` by wheel, keys, buttons and double click. */
export function useZoom(stage: RefObject<HTMLElement | null>): ZoomControls {
  const [zoom, setZoom] = useState<Zoom>(WHOLE);

  // React listens to wheels passively; keeping the page still needs a listener that may prevent.
  useEffect(() => {
    const element = stage.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const point = pointOnStage(element, event.clientX, event.clientY);
      setZoom((before) => zoomAt(before, WHEEL_BASE ** -event.deltaY, point.x, point.y));
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [stage]);

  const zoomBy = (factor: number) => setZoom((before) => zoomAt(before, factor, 0, 0));
  const zoomIn = () => zoomBy(STEP);
  const zoomOut = () => zoomBy(1 / STEP);
  const showWhole = () => setZoom(WHOLE);
  const move = (x: number, y: number) => {
    const { clientWidth = 0, clientHeight = 0 } = stage.current ?? {};
    setZoom((before) => pan(before, x, y, clientWidth, clientHeight));
  };
  const keys = new Map<string, () => void>([
    ["+", zoomIn],
    ["=", zoomIn],
    ["-", zoomOut],
    ["0", showWhole],
    ["ArrowLeft", () => move(ARROW_PIXELS, 0)],
    ["ArrowRight", () => move(-ARROW_PIXELS, 0)],
    ["ArrowUp", () => move(0, ARROW_PIXELS)],
    ["ArrowDown", () => move(0, -ARROW_PIXELS)],
  ]);
  return {
    zoom,
    zoomIn,
    zoomOut,
    showWhole,
    move,
    toggleAt: (clientX, clientY) => {
      const point = pointOnStage(stage.current, clientX, clientY);
      setZoom((before) => (before.scale > 1 ? WHOLE : zoomAt(before, DOUBLE_CLICK, point.x, point.y)));
    },
    onKeyDown: (event) => {
      const action = keys.get(event.key);
      if (action === undefined) return;
      event.preventDefault();
      // The conversation behind listens to arrows too.
      event.stopPropagation();
      action();
    },
  };
}

function pointOnStage(stage: HTMLElement | null, clientX: number, clientY: number): { x: number; y: number } {
  const box = stage?.getBoundingClientRect();
  if (box === undefined) return { x: 0, y: 0 };
  return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
}
