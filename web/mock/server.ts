/** The mock's server: the same rules as the real one, as far as the screens show them. */
import {
  ANSWERED,
  ASKED,
  ME,
  buildMessage,
  departments,
  iso,
  members,
  number,
  pick,
  previewOf,
  random,
  threads,
  type Thread,
} from "./world";
import type {
  ConversationView,
  MessageListView,
  SessionView,
  SignedInView,
  TicketCounts,
  TicketListView,
} from "@/lib/wire/openapi.gen";
import type {
  CommandMap,
  LogItem,
  MediaView,
  MessageView,
  Problem,
  SendMessage,
  TicketView,
} from "@/lib/wire/protocol.gen";

const ALL_PERMISSIONS = [
  "inbox",
  "tickets.supervise",
  "departments.all",
  "contacts.edit",
  "contacts.phones",
  "contacts.reveal",
  "numbers.manage",
  "people.manage",
  "roles.manage",
  "departments.manage",
  "account.manage",
  "security.manage",
  "api_keys.manage",
  "audit.view",
  "privacy.manage",
  "reports.view",
] as const;

type Emit = (event: string, payload: unknown) => void;

export class MockServer {
  seq = 1000;
  readonly log: LogItem[] = [];
  readonly media = new Map<string, { view: MediaView; blob: Blob }>();
  emit: Emit | null = null;

  session(): SessionView {
    const me = members[0];
    return {
      user: { id: ME, name: me?.name ?? "", email: me?.email ?? "", locale: "pt-BR" },
      account: {
        id: "acc",
        name: "Padaria Central",
        locale: "pt-BR",
        time_zone: "America/Sao_Paulo",
        brand_color: null,
        logo_url: null,
        state: "active",
      },
      role: "admin",
      role_name: null,
      department_ids: departments.map((department) => department.id),
      permissions: [...ALL_PERMISSIONS],
      is_super_admin: false,
      impersonated_by: null,
      accounts: [
        { id: "acc", name: "Padaria Central", role: "admin", state: "active" },
        { id: "acc2", name: "Livraria Aurora", role: "supervisor", state: "active" },
      ],
      second_factor: false,
    };
  }

  signedIn(): SignedInView {
    return { access_token: "mock", token_type: "bearer", expires_in: 900, session: this.session() };
  }

  tickets(query: URLSearchParams): TicketListView {
    const view = query.get("view") ?? "mine";
    const q = (query.get("q") ?? "").toLowerCase();
    const department = query.get("department_id");
    const all = [...threads.values()].flatMap((thread) => thread.conversation.tickets.slice(0, 1));
    const found = all
      .filter((ticket) => inView(ticket, view))
      .filter((ticket) => department === null || ticket.department_id === department)
      .filter((ticket) => query.get("unread") !== "true" || ticket.unread_count > 0)
      .filter(
        (ticket) =>
          q === "" ||
          `${ticket.contact.name} ${ticket.contact.phone ?? ""} ${ticket.protocol}`.toLowerCase().includes(q),
      )
      .sort((a, b) => Date.parse(b.last_message_at) - Date.parse(a.last_message_at));
    const start = Number(query.get("cursor") ?? 0);
    const end = start + Number(query.get("limit") ?? 50);
    return {
      items: found.slice(start, end),
      next_cursor: end < found.length ? String(end) : null,
      counts: this.counts(),
    };
  }

  counts(): TicketCounts {
    const open = [...threads.values()]
      .map((thread) => thread.conversation.current_ticket)
      .filter((ticket) => ticket !== null);
    const mine = open.filter((ticket) => inView(ticket, "mine"));
    return {
      mine: mine.length,
      mine_unread: mine.filter((ticket) => ticket.unread_count > 0).length,
      queue: open.filter((ticket) => inView(ticket, "queue")).length,
      bot: open.filter((ticket) => inView(ticket, "bot")).length,
      all: open.length,
    };
  }

  conversation(id: string): ConversationView | null {
    return threads.get(id)?.conversation ?? null;
  }

  messages(id: string, query: URLSearchParams): MessageListView {
    const all = threads.get(id)?.messages ?? [];
    const end = query.get("before") === null ? all.length : Number(query.get("before"));
    const start = Math.max(0, end - Number(query.get("limit") ?? 50));
    return { items: all.slice(start, end), next_before: start > 0 ? String(start) : null, seq: this.seq };
  }

  command<K extends keyof CommandMap>(name: K, payload: CommandMap[K]["payload"]): unknown {
    switch (name) {
      case "send_message":
        return { message: this.#send(payload as SendMessage) };
      case "accept_ticket":
        return this.#transition((payload as CommandMap["accept_ticket"]["payload"]).ticket_id, {
          state: "active",
          assignee_id: ME,
          queued_at: null,
          accepted_at: iso(Date.now()),
        });
      case "close_ticket": {
        const { ticket_id, reason } = payload as CommandMap["close_ticket"]["payload"];
        const change = {
          state: "closed",
          closed_at: iso(Date.now()),
          closed_by: "agent",
          close_reason: reason ?? null,
          waiting_since: null,
        } as const;
        return this.#transition(ticket_id, change);
      }
      case "reopen_ticket":
        return this.#transition((payload as CommandMap["reopen_ticket"]["payload"]).ticket_id, {
          state: "active",
          assignee_id: ME,
          closed_at: null,
          closed_by: null,
          close_reason: null,
        });
      case "return_ticket_to_queue":
        return this.#transition((payload as CommandMap["return_ticket_to_queue"]["payload"]).ticket_id, {
          state: "queued",
          assignee_id: null,
          queued_at: iso(Date.now()),
        });
      case "transfer_ticket": {
        const { ticket_id, department_id, assignee_id } = payload as CommandMap["transfer_ticket"]["payload"];
        return this.#transition(ticket_id, {
          state: assignee_id ? "active" : "queued",
          department_id,
          assignee_id: assignee_id ?? null,
          queued_at: assignee_id ? null : iso(Date.now()),
        });
      }
      case "mark_read": {
        const thread = threads.get((payload as CommandMap["mark_read"]["payload"]).conversation_id);
        if (thread?.conversation.current_ticket)
          this.#change(thread, thread.conversation.current_ticket, { unread_count: 0 });
        return {};
      }
      case "retry_message": {
        const { message_id } = payload as CommandMap["retry_message"]["payload"];
        for (const thread of threads.values()) {
          const message = thread.messages.find((item) => item.id === message_id);
          if (message) {
            this.#ticks(thread, message.id);
            return { message: this.#replace(thread, message.id, { status: "queued", error: null }) };
          }
        }
        return problem("not_found", 404);
      }
      case "set_availability": {
        const { availability, pause_reason } = payload as CommandMap["set_availability"]["payload"];
        const me = members[0];
        if (!me) return problem("not_found", 404);
        const next = { ...me, availability, pause_reason: pause_reason ?? null, version: me.version + 1 };
        members[0] = next;
        this.record("member_updated", { member: next });
        return { member: next };
      }
      case "open_conversation": {
        const { conversation_id } = payload as CommandMap["open_conversation"]["payload"];
        const viewing = random() < 0.3 ? [members[1]?.id ?? ""] : [];
        return { conversation_id, seq: this.seq, viewing_user_ids: viewing };
      }
      default:
        return {};
    }
  }

  record(type: string, data: Record<string, unknown>): void {
    this.seq += 1;
    const item: LogItem = { seq: this.seq, type, at: iso(Date.now()), data: structuredClone(data) };
    this.log.push(item);
    this.emit?.("events", [item]);
  }

  /** A customer writes; in most runs somebody does every few seconds. */
  customerWrites(conversationId?: string): void {
    const open = [...threads.values()].filter((thread) => thread.conversation.current_ticket !== null);
    const thread = conversationId === undefined ? pick(open) : threads.get(conversationId);
    if (!thread) return;
    const message = buildMessage(thread.conversation.id, {
      content: { body: pick(ASKED) },
      ticket_id: thread.conversation.current_ticket?.id ?? null,
    });
    this.#add(thread, message);
  }

  #send(command: SendMessage): MessageView {
    const thread = threads.get(command.conversation_id);
    if (!thread) throw new Error("unknown conversation");
    const { kind = "text", ...content } = command.content;
    const before = thread.messages.find((item) => item.client_message_id === command.client_message_id);
    if (before) return before;
    if (kind === "reaction" && "message_id" in command.content) {
      const { message_id, emoji } = command.content;
      return this.#replace(thread, message_id, { reactions: emoji === "" ? [] : [{ reactor: ME, emoji }] });
    }
    const media =
      "media_id" in command.content ? (this.media.get(command.content.media_id)?.view ?? null) : null;
    const quoted = thread.messages.find((item) => item.id === command.reply_to_message_id);
    const message = buildMessage(thread.conversation.id, {
      kind,
      content,
      media,
      direction: "out",
      author_kind: "user",
      author_id: ME,
      client_message_id: command.client_message_id,
      ticket_id: thread.conversation.current_ticket?.id ?? null,
      status: "queued",
      context: quoted
        ? {
            quoted: {
              message_id: quoted.id,
              wamid: "",
              direction: quoted.direction,
              kind: quoted.kind,
              preview: previewOf(quoted).text ?? "",
            },
            forwarded: false,
            frequently_forwarded: false,
            referred_product: null,
          }
        : null,
    });
    this.#add(thread, message);
    this.#ticks(thread, message.id);
    if (random() < 0.7) setTimeout(() => this.customerWrites(thread.conversation.id), 5_000);
    return message;
  }

  #ticks(thread: Thread, messageId: string): void {
    (["sent", "delivered", "read"] as const).forEach((status, index) => {
      setTimeout(
        () => {
          const message = this.#replace(thread, messageId, { status, status_at: iso(Date.now()) }, false);
          this.record("message_status_changed", {
            message_id: message.id,
            conversation_id: message.conversation_id,
            status,
            status_at: message.status_at,
            error: null,
            version: message.version,
          });
        },
        500 + index * 900,
      );
    });
  }

  #add(thread: Thread, message: MessageView): void {
    thread.messages.push(message);
    this.record("message_created", { message });
    const ticket = thread.conversation.current_ticket;
    if (!ticket) return;
    const inbound = message.direction === "in";
    this.#change(thread, ticket, {
      preview: previewOf(message),
      last_message_at: message.at,
      unread_count: inbound ? ticket.unread_count + 1 : 0,
      waiting_since: inbound ? (ticket.waiting_since ?? message.at) : null,
      ...(!inbound && ticket.assignee_id === null
        ? { assignee_id: ME, state: "active" as const, queued_at: null }
        : {}),
    });
  }

  #replace(thread: Thread, messageId: string, change: Partial<MessageView>, tell = true): MessageView {
    const index = thread.messages.findIndex((item) => item.id === messageId);
    const current = thread.messages[index];
    if (!current) throw new Error("unknown message");
    const next = { ...current, ...change, version: current.version + 1 };
    thread.messages[index] = next;
    if (tell) this.record("message_updated", { message: next });
    return next;
  }

  #transition(ticketId: string, change: Partial<TicketView>): unknown {
    for (const thread of threads.values()) {
      const ticket = thread.conversation.tickets.find((item) => item.id === ticketId);
      if (ticket) return { ticket: this.#change(thread, ticket, change) };
    }
    return problem("not_found", 404);
  }

  #change(thread: Thread, ticket: TicketView, change: Partial<TicketView>): TicketView {
    const next = { ...ticket, ...change, version: ticket.version + 1 };
    const tickets = thread.conversation.tickets.map((item) => (item.id === next.id ? next : item));
    thread.conversation = {
      ...thread.conversation,
      tickets,
      current_ticket: tickets.find((item) => item.closed_at === null) ?? null,
    };
    this.record("ticket_updated", { ticket: next });
    return next;
  }
}

function inView(ticket: TicketView, view: string): boolean {
  const open = ticket.closed_at === null;
  if (view === "mine") return open && ticket.assignee_id === ME;
  if (view === "queue") return open && ticket.state === "queued";
  if (view === "bot") return open && ticket.state === "bot";
  return view === "closed" ? !open : open;
}

export function problem(code: string, status: number): Problem {
  return { type: `urn:prosa:problem:${code}`, title: code, status, code };
}

export { ANSWERED, members, departments, number };
