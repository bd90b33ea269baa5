import { useEffect, useState } from "react";

// Long enough to be read, short enough not to be taken for a state.
const SHOWN_MS = 1_600;

/** Copies to the clipboard and says so for a moment. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copiedAt, setCopiedAt] = useState<number | null>(null);
  useEffect(() => {
    if (copiedAt === null) return;
    const timer = setTimeout(() => setCopiedAt(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copiedAt]);
  return { copied: copiedAt !== null, copy: (text) => void copyText(text).then((done) => done && setCopiedAt(Date.now())) };
}

/** False when the browser forbids it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
