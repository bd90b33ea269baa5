import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// jsdom has no layout and no media queries; Mantine and the virtualiser ask for both.
window.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  }) as unknown as MediaQueryList;

class SilentResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
window.ResizeObserver = SilentResizeObserver;
window.HTMLElement.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;
window.scrollTo = () => undefined;

// jsdom hides what has a popover attribute, but cannot show it.
HTMLElement.prototype.showPopover = function show(this: HTMLElement) {
  this.style.display = "block";
};
HTMLElement.prototype.hidePopover = function hide(this: HTMLElement) {
  this.style.display = "";
};

afterEach(() => {
  cleanup();
  localStorage.clear();
});
