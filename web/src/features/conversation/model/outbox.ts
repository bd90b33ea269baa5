/**
 * Messages that this person has sent and the server has not acknowledged. They survive a lost connection and a
 * reload (localStorage), keep their order per conversation, and are safe to send again: the server knows them by
 * `client_message_id`. Files are kept until they are uploaded; a reload before that loses them, and says so by their absence.
 */
import { newId } from "@/lib/ids";
import { ProblemError, isPassing } from "@/lib/http/problem";
import { isRecord, readStored, writeStored } from "@/lib/storage";
import { Store } from "@/lib/store";
import type { MediaView, MessageView, SendMessage } from "@/lib/wire/protocol.gen";

export type OutgoingContent = SendMessage["content"];

export interface OutboxEntry {
  clientMessageId: string;
  conversationId: string;
  content: OutgoingContent | null;
  /** Of a file that still has to go up; `content` is made of it then. */
  file: OutgoingFile | null;
  replyTo: MessageView | null;
  at: string;
  state: "waiting" | "sending" | "refused";
  problem: { code: string; detail: string } | null;
}

export interface OutgoingFile {
  blob: Blob;
  name: string;
  kind: MediaKind;
  caption: string;
  voice: boolean;
  previewUrl: string | null;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  progress: number;
}

export type MediaKind = "image" | "video" | "audio" | "document";

export interface OutboxPorts {
  send: (message: SendMessage) => Promise<MessageView>;
  upload: (file: OutgoingFile, onProgress: (share: number) => void) => Promise<MediaView>;
  /** The server's version: it takes the place of the bubble. */
  sent: (message: MessageView) => void;
}

const KEY = "prosa.outbox";
/** Older ones are not sent without asking: the conversation has moved on. */
const KEEP_MS = 24 * 3_600_000;

function parseEntry(value: unknown): OutboxEntry | null {
  if (!isRecord(value) || !isRecord(value.content)) return null;
  const { clientMessageId, conversationId, at } = value;
  if (typeof clientMessageId !== "string" || typeof conversationId !== "string" || typeof at !== "string")
    return null;
  if (Date.now() - Date.parse(at) > KEEP_MS) return null;
  return {
    ...(value as unknown as OutboxEntry),
    file: null,
    state: value.state === "refused" ? "refused" : "waiting",
  };
}

export class Outbox {
  readonly entries: Store<readonly OutboxEntry[]>;
  readonly #ports: OutboxPorts;
  readonly #key: string;
  readonly #busy = new Set<string>();

  /** One outbox per person: somebody else who signs in here sends nothing of mine. */
  constructor(ports: OutboxPorts, userId: string) {
    this.#ports = ports;
    this.#key = `${KEY}.${userId}`;
    const stored = readStored(this.#key);
    const parsed = Array.isArray(stored) ? stored.map(parseEntry).filter((entry) => entry !== null) : [];
    this.entries = new Store<readonly OutboxEntry[]>(parsed);
  }

  queue(conversationId: string, content: OutgoingContent, replyTo: MessageView | null): OutboxEntry {
    return this.#add({ conversationId, content, file: null, replyTo });
  }

  queueFile(conversationId: string, file: OutgoingFile, replyTo: MessageView | null): OutboxEntry {
    return this.#add({ conversationId, content: null, file, replyTo });
  }

  /** Tries a refused one again, with the same id. */
  retry(clientMessageId: string): void {
    this.#change(clientMessageId, { state: "waiting", problem: null });
    this.flush();
  }

  discard(clientMessageId: string): void {
    this.#remove(clientMessageId);
  }

  /** The message has arrived by another way (an event, a fetched page). */
  settle(clientMessageId: string): void {
    this.#remove(clientMessageId);
  }

  /** Sends what waits, one at a time per conversation. Called when something is queued and whenever the connection is back. */
  flush(): void {
    for (const conversationId of new Set(this.entries.get().map((entry) => entry.conversationId))) {
      void this.#drain(conversationId);
    }
  }

  async #drain(conversationId: string): Promise<void> {
    if (this.#busy.has(conversationId)) return;
    this.#busy.add(conversationId);
    try {
      for (let entry = this.#next(conversationId); entry; entry = this.#next(conversationId)) {
        if (!(await this.#deliver(entry))) break;
      }
    } finally {
      this.#busy.delete(conversationId);
    }
  }

  #next(conversationId: string): OutboxEntry | undefined {
    return this.entries
      .get()
      .find((entry) => entry.conversationId === conversationId && entry.state === "waiting");
  }

  /** False: the way is shut, stop until the next flush. */
  async #deliver(entry: OutboxEntry): Promise<boolean> {
    const id = entry.clientMessageId;
    this.#change(id, { state: "sending" });
    try {
      const content = entry.content ?? (await this.#upload(entry));
      const message = await this.#ports.send({
        client_message_id: id,
        conversation_id: entry.conversationId,
        content,
        reply_to_message_id: entry.replyTo?.id ?? null,
      });
      this.#ports.sent(message);
      this.#remove(id);
      return true;
    } catch (error) {
      if (isPassing(error)) {
        this.#change(id, { state: "waiting" });
        return false;
      }
      const code = error instanceof ProblemError ? error.code : "unknown";
      const detail = error instanceof Error ? error.message : "";
      this.#change(id, { state: "refused", problem: { code, detail } });
      return true;
    }
  }

  async #upload(entry: OutboxEntry): Promise<OutgoingContent> {
    const { file, clientMessageId } = entry;
    if (file === null) throw new Error("neither content nor file");
    const media = await this.#ports.upload(file, (progress) => {
      this.#change(clientMessageId, { file: { ...file, progress } });
    });
    const content: OutgoingContent = {
      kind: file.kind,
      media_id: media.id,
      caption: file.caption === "" ? null : file.caption,
      voice: file.voice,
    };
    this.#change(clientMessageId, { content, file: { ...file, progress: 1 } });
    return content;
  }

  #add(part: Pick<OutboxEntry, "conversationId" | "content" | "file" | "replyTo">): OutboxEntry {
    const entry: OutboxEntry = {
      ...part,
      clientMessageId: newId(),
      at: new Date().toISOString(),
      state: "waiting",
      problem: null,
    };
    this.#set([...this.entries.get(), entry]);
    this.flush();
    return entry;
  }

  #change(clientMessageId: string, change: Partial<OutboxEntry>): void {
    this.#set(
      this.entries
        .get()
        .map((entry) => (entry.clientMessageId === clientMessageId ? { ...entry, ...change } : entry)),
    );
  }

  #remove(clientMessageId: string): void {
    const gone = this.entries.get().find((entry) => entry.clientMessageId === clientMessageId);
    if (!gone) return;
    if (gone.file?.previewUrl) URL.revokeObjectURL(gone.file.previewUrl);
    this.#set(this.entries.get().filter((entry) => entry !== gone));
  }

  #set(entries: readonly OutboxEntry[]): void {
    this.entries.set(entries);
    const durable = entries
      .filter((entry) => entry.content !== null)
      .map((entry) => ({ ...entry, file: null }));
    writeStored(this.#key, durable.length === 0 ? null : durable);
  }
}
