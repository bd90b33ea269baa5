import { useEffect, useState } from "react";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

/** Ctrl/⌘+K opens the palette, ? the list of shortcuts (not while writing). */
export function useAppDialogs() {
  const [palette, setPalette] = useState(false);
  const [shortcuts, setShortcuts] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette(true);
      } else if (event.key === "?" && !isTyping(event.target)) {
        event.preventDefault();
        setShortcuts(true);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return {
    palette,
    shortcuts,
    openPalette: () => setPalette(true),
    closePalette: () => setPalette(false),
    openShortcuts: () => setShortcuts(true),
    closeShortcuts: () => setShortcuts(false),
  };
}
