/** localStorage that may be full, forbidden or hold nonsense: it then answers `null` and forgets. */
export function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden store costs what it would have kept, never the work at hand.
  }
}

/** Whether what is written today can be read tomorrow. */
export function canStore(): boolean {
  try {
    localStorage.setItem("prosa.probe", "1");
    localStorage.removeItem("prosa.probe");
    return true;
  } catch {
    return false;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
