import { readStored, writeStored } from "@/lib/storage";

/** What was being written in each conversation; kept over switches, reloads and lost connections. */
const PREFIX = "prosa.draft.";

export function readDraft(conversationId: string): string {
  const stored = readStored(PREFIX + conversationId);
  return typeof stored === "string" ? stored : "";
}

export function writeDraft(conversationId: string, text: string): void {
  writeStored(PREFIX + conversationId, text === "" ? null : text);
}
