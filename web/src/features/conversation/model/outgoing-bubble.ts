import type { OutboxEntry } from "@/features/conversation/model/outbox";
import type { MediaView, MessageView } from "@/lib/wire/protocol.gen";

/** An outbox entry as the message that it will become. */
export function bubbleOf(entry: OutboxEntry, userId: string): MessageView {
  const { kind, content } = contentOf(entry);
  return {
    id: entry.clientMessageId,
    conversation_id: entry.conversationId,
    ticket_id: null,
    direction: "out",
    author_kind: "user",
    author_id: userId,
    client_message_id: entry.clientMessageId,
    kind,
    content,
    media: mediaOf(entry),
    context: contextOf(entry),
    referral: null,
    reactions: [],
    status: entry.state === "refused" ? "failed" : "queued",
    error: errorOf(entry),
    at: entry.at,
    status_at: null,
    edited_at: null,
    deleted_at: null,
    version: 0,
  };
}

function contentOf({ content, file }: OutboxEntry): { kind: string; content: MessageView["content"] } {
  if (file) {
    return {
      kind: file.kind,
      content: { voice: file.voice, ...(file.caption === "" ? {} : { caption: file.caption }) },
    };
  }
  if (content === null) return { kind: "text", content: { body: "" } };
  const { kind = "text", ...rest } = content;
  return { kind, content: rest };
}

function mediaOf({ clientMessageId, content, file }: OutboxEntry): MediaView | null {
  if (file) {
    return {
      id: clientMessageId,
      state: "pending",
      mime_type: file.blob.type,
      file_name: file.name,
      size: file.blob.size,
      width: file.width,
      height: file.height,
      duration_ms: file.durationMs,
    };
  }
  if (content === null || !("media_id" in content)) return null;
  return {
    id: content.media_id,
    state: "stored",
    mime_type: "",
    file_name: null,
    size: null,
    width: null,
    height: null,
    duration_ms: null,
  };
}

function contextOf({ replyTo }: OutboxEntry): MessageView["context"] {
  if (replyTo === null) return null;
  const body = replyTo.content.body ?? replyTo.content.caption;
  return {
    quoted: {
      message_id: replyTo.id,
      wamid: "",
      direction: replyTo.direction,
      kind: replyTo.kind,
      preview: typeof body === "string" ? body : "",
    },
    forwarded: false,
    frequently_forwarded: false,
    referred_product: null,
  };
}

/** In both languages, as the server's own reasons are; the words of a problem's detail are the server's. */
function errorOf({ problem }: OutboxEntry): MessageView["error"] {
  if (problem === null) return null;
  const windowClosed = problem.code === "window_closed";
  return {
    code: null,
    title: problem.code,
    details: problem.detail,
    reason_key: problem.code,
    reason: windowClosed
      ? {
          "pt-BR": "A janela de 24 h fechou antes de a mensagem sair.",
          en: "The 24-hour window closed before the message could leave.",
        }
      : {
          "pt-BR": `O servidor não aceitou a mensagem: ${problem.detail}`,
          en: `The server did not take the message: ${problem.detail}`,
        },
    can_retry: true,
  };
}
