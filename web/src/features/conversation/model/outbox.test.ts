import { beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError, UnreachableError } from "@/lib/http/problem";
import { Outbox, type OutboxPorts, type OutgoingFile } from "@/features/conversation/model/outbox";
import type { MessageView, SendMessage } from "@/lib/wire/protocol.gen";
import { buildMessage } from "@/test/builders";

const TEXT = { kind: "text", body: "oi" } as const;

let sent: SendMessage[];
let reachable: boolean;
let ports: OutboxPorts;

beforeEach(() => {
  sent = [];
  reachable = true;
  ports = {
    send: vi.fn((message: SendMessage): Promise<MessageView> => {
      if (!reachable) return Promise.reject(new UnreachableError("offline"));
      sent.push(message);
      return Promise.resolve(
        buildMessage({ id: `m${sent.length}`, client_message_id: message.client_message_id }),
      );
    }),
    upload: vi.fn(() =>
      Promise.resolve({
        id: "media-1",
        state: "stored" as const,
        mime_type: "image/png",
        file_name: null,
        size: 1,
        width: null,
        height: null,
        duration_ms: null,
      }),
    ),
    sent: vi.fn(),
  };
});

function file(): OutgoingFile {
  return {
    blob: new Blob(["x"], { type: "image/png" }),
    name: "x.png",
    kind: "image",
    caption: "legenda",
    voice: false,
    previewUrl: null,
    width: null,
    height: null,
    durationMs: null,
    progress: 0,
  };
}

describe("outbox", () => {
  it("sends at once and forgets what the server has", async () => {
    const outbox = new Outbox(ports, "me");
    outbox.queue("c1", TEXT, null);
    await vi.waitFor(() => expect(outbox.entries.get()).toEqual([]));
    expect(sent.map(({ content }) => content)).toEqual([TEXT]);
    expect(ports.sent).toHaveBeenCalledOnce();
  });

  it("keeps messages over a reload without connection, and sends them in order with the same ids", async () => {
    reachable = false;
    const before = new Outbox(ports, "me");
    const first = before.queue("c1", TEXT, null);
    const second = before.queue("c1", { kind: "text", body: "segunda" }, null);
    await vi.waitFor(() => expect(ports.send).toHaveBeenCalled());

    reachable = true;
    const after = new Outbox(ports, "me");
    expect(after.entries.get()).toHaveLength(2);
    after.flush();
    await vi.waitFor(() => expect(after.entries.get()).toEqual([]));
    expect(sent.map((message) => message.client_message_id)).toEqual([
      first.clientMessageId,
      second.clientMessageId,
    ]);
  });

  it("gives somebody else who signs in here nothing to send", () => {
    reachable = false;
    new Outbox(ports, "me").queue("c1", TEXT, null);
    expect(new Outbox(ports, "somebody").entries.get()).toEqual([]);
  });

  it("shows a refusal and goes on with the next message", async () => {
    const problem = { type: "x", title: "Window closed", status: 409, code: "window_closed" };
    vi.mocked(ports.send).mockRejectedValueOnce(new ProblemError(problem));
    const outbox = new Outbox(ports, "me");
    outbox.queue("c1", TEXT, null);
    outbox.queue("c1", { kind: "text", body: "segunda" }, null);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(outbox.entries.get()).toMatchObject([{ state: "refused", problem: { code: "window_closed" } }]);
  });

  it("tries a refused message again with the same id", async () => {
    vi.mocked(ports.send).mockRejectedValueOnce(
      new ProblemError({ type: "x", title: "x", status: 422, code: "invalid" }),
    );
    const outbox = new Outbox(ports, "me");
    const entry = outbox.queue("c1", TEXT, null);
    await vi.waitFor(() => expect(outbox.entries.get()[0]?.state).toBe("refused"));
    outbox.retry(entry.clientMessageId);
    await vi.waitFor(() => expect(outbox.entries.get()).toEqual([]));
    expect(sent[0]?.client_message_id).toBe(entry.clientMessageId);
  });

  it("uploads a file once, though sending it fails", async () => {
    reachable = false;
    const outbox = new Outbox(ports, "me");
    outbox.queueFile("c1", file(), null);
    await vi.waitFor(() => expect(ports.send).toHaveBeenCalled());
    reachable = true;
    outbox.flush();
    await vi.waitFor(() => expect(outbox.entries.get()).toEqual([]));
    expect(ports.upload).toHaveBeenCalledOnce();
    expect(sent[0]?.content).toEqual({
      kind: "image",
      media_id: "media-1",
      caption: "legenda",
      voice: false,
    });
  });

  it("forgets a message that arrived as an event", () => {
    reachable = false;
    const outbox = new Outbox(ports, "me");
    const entry = outbox.queue("c1", TEXT, null);
    outbox.settle(entry.clientMessageId);
    expect(outbox.entries.get()).toEqual([]);
  });
});
