import { useEffect, useLayoutEffect, useRef, type ReactNode, type RefObject } from "react";
import styles from "@/components/popup.module.css";

export type PopupPlacement = "below-end" | "above-start" | "above-center" | "right-end";

interface PopupProps {
  opened: boolean;
  onClose: () => void;
  /** What it belongs to: it opens beside it, and focus goes back there. */
  anchor: RefObject<HTMLElement | null>;
  placement: PopupPlacement;
  /** Pixels; without it the content decides. */
  width?: number;
  role: "menu" | "dialog";
  label: string;
  children: ReactNode;
}

const GAP_PX = 6;
const EDGE_PX = 8;

/** Where the popup goes, kept inside the window. */
export function placePopup(
  anchor: DOMRect,
  popup: { width: number; height: number },
  placement: PopupPlacement,
  window: { width: number; height: number },
): { left: number; top: number } {
  const below = anchor.bottom + GAP_PX;
  const above = anchor.top - GAP_PX - popup.height;
  const wanted = {
    "below-end": {
      left: anchor.right - popup.width,
      top: below + popup.height > window.height && above > 0 ? above : below,
    },
    "above-start": { left: anchor.left, top: above },
    "above-center": {
      left: anchor.left + (anchor.width - popup.width) / 2,
      top: above < 0 ? below : above,
    },
    "right-end": { left: anchor.right + GAP_PX, top: anchor.bottom - popup.height },
  }[placement];
  const clamp = (value: number, most: number) => Math.max(EDGE_PX, Math.min(value, most - EDGE_PX));
  return {
    left: clamp(wanted.left, window.width - popup.width),
    top: clamp(wanted.top, window.height - popup.height),
  };
}

/**
 * A layer beside its anchor, on the browser's own popover: it lies above everything, and closes by Escape and by a
 * press outside without our help.
 */
export function Popup({ opened, onClose, anchor, placement, width, role, label, children }: PopupProps) {
  const layer = useRef<HTMLDivElement>(null);
  const latest = useRef(onClose);
  useLayoutEffect(() => {
    latest.current = onClose;
  });

  useLayoutEffect(() => {
    const element = layer.current;
    if (!opened || element === null) return;
    const target = anchor.current;
    const place = () => {
      if (target === null) return;
      const size = { width: element.offsetWidth, height: element.offsetHeight };
      const { left, top } = placePopup(target.getBoundingClientRect(), size, placement, {
        width: document.documentElement.clientWidth,
        height: document.documentElement.clientHeight,
      });
      element.style.left = `${left}px`;
      element.style.top = `${top}px`;
    };
    const onToggle = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") latest.current();
    };
    element.showPopover();
    place();
    const first = element.querySelector<HTMLElement>("[data-autofocus], [aria-checked=true], button, input");
    first?.focus({ preventScroll: true });
    element.addEventListener("toggle", onToggle);
    // Its content may come a moment later (loaded when first opened).
    const observer = new ResizeObserver(place);
    observer.observe(element);
    window.addEventListener("resize", place);
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", place);
      element.removeEventListener("toggle", onToggle);
      const hadFocus = element.contains(document.activeElement);
      if (element.isConnected) element.hidePopover();
      if (hadFocus) target?.focus({ preventScroll: true });
    };
  }, [opened, anchor, placement]);

  // What arrives late still gets the focus that waits for it.
  useEffect(() => {
    const element = layer.current;
    if (!opened || element === null) return;
    const observer = new MutationObserver(() => {
      if (element.contains(document.activeElement)) return;
      element.querySelector<HTMLElement>("[data-autofocus], [aria-checked=true], button, input")?.focus();
    });
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [opened]);

  if (!opened) return null;
  return (
    <div ref={layer} popover="auto" role={role} aria-label={label} className={styles.popup} style={{ width }}>
      {children}
    </div>
  );
}
