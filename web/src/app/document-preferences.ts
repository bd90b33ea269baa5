import { preferences, watchPreferences } from "@/lib/preferences";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function resolvedTheme(): "light" | "dark" {
  const { theme } = preferences();
  if (theme === "auto") return dark.matches ? "dark" : "light";
  return theme;
}

function apply(): void {
  const root = document.documentElement;
  root.dataset.mantineColorScheme = resolvedTheme();
  root.dataset.density = preferences().density;
}

/** Theme and density stand on the root element, where the tokens look; before the first paint and at every change. */
export function applyDocumentPreferences(): void {
  apply();
  watchPreferences(apply);
  dark.addEventListener("change", apply);
}

export function watchTheme(watcher: () => void): () => void {
  const stop = watchPreferences(watcher);
  dark.addEventListener("change", watcher);
  return () => {
    stop();
    dark.removeEventListener("change", watcher);
  };
}
