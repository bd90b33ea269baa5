/** The mock's account: people, departments, customers and conversations, made by a seeded generator. */
import { FIXTURE_USERS, fixtureMessages } from "@/features/conversation/messages/fixtures";
import type { ConversationView, DepartmentView, MemberView, NumberView } from "@/lib/wire/openapi.gen";
import type { MessageView, TicketView } from "@/lib/wire/protocol.gen";

export const NOW = Date.now();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const ME = FIXTURE_USERS.viewer;

let seed = 42;
/** Mulberry32: the same world at every start. */
export function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
}

export function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

function id(group: string, index: number): string {
  return `00000000-0000-7000-${group}-${String(index).padStart(12, "0")}`;
}

export const departments: DepartmentView[] = [
  { id: id("9001", 1), name: "Vendas", color: "#2f63a8", position: 0, archived_at: null, version: 1 },
  { id: id("9001", 2), name: "Suporte", color: "#a3522b", position: 1, archived_at: null, version: 1 },
];

function member(
  userId: string,
  name: string,
  role: MemberView["role"],
  availability: MemberView["availability"],
): MemberView {
  return {
    id: userId,
    name,
    email: `${name.split(" ")[0]?.toLowerCase() ?? ""}@padariacentral.com.br`,
    role,
    role_id: null,
    role_name: "",
    permissions: [],
    capacity: 10,
    department_ids: departments.map((department) => department.id),
    availability,
    pause_reason: availability === "paused" ? "Almoço" : null,
    availability_since: iso(NOW - HOUR),
    version: 1,
  };
}

export const members: MemberView[] = [
  member(ME, "Ana Ribeiro", "operator", "online"),
  member(FIXTURE_USERS.colleague, "Bruno Tavares", "operator", "online"),
  member(id("a000", 4), "Carla Nunes", "operator", "paused"),
  member(id("a000", 5), "Diego Sampaio", "supervisor", "online"),
  member(id("a000", 6), "Elisa Prado", "admin", "offline"),
];

export const number: NumberView = {
  id: id("9002", 1),
  name: "Loja Centro",
  phone_number_id: "100200300400",
  waba_id: "500600700800",
  display_phone_number: "+55 11 4002-8922",
  default_department_id: departments[0]?.id ?? "",
  messages_per_second: 80,
  last_webhook_at: iso(NOW),
  version: 1,
};

const FIRST = [
  "Marina",
  "João",
  "Beatriz",
  "Rafael",
  "Lia",
  "Pedro",
  "Camila",
  "Thiago",
  "Sônia",
  "Otávio",
  "Júlia",
  "Márcio",
  "Helena",
  "Ícaro",
  "Vanessa",
  "Gustavo",
  "Renata",
  "Felipe",
  "Aline",
  "Caio",
];
const LAST = [
  "Duarte",
  "Almeida",
  "da Silva",
  "Moura",
  "Ferraz",
  "Queiroz",
  "Nogueira",
  "Brandão",
  "Teixeira",
  "Andrade",
  "Lopes",
  "Xavier",
  "Cardoso",
  "Farias",
];

export const ASKED = [
  "Oi, bom dia! Vocês abrem hoje até que horas?",
  "Meu pedido ainda não chegou, consegue ver pra mim?",
  "Qual o valor do frete pra Campinas?",
  "Perfeito, muito obrigada! 😊",
  "Ainda tem o modelo azul tamanho M?",
  "Fiz o pix agora, segue o comprovante",
  "Consigo trocar por outro número?",
  "Quero falar com o financeiro por favor",
  "A nota fiscal veio com o CNPJ errado",
  "Pode ser amanhã de manhã?",
  "Boa tarde, gostaria de um orçamento para 40 unidades",
  "ok",
  "Show, fechado então 👍",
  "Vocês parcelam em quantas vezes?",
  "O técnico vem hoje ainda? Fiquei a manhã toda esperando e ninguém apareceu, já é a segunda vez que isso acontece comigo.",
];
export const ANSWERED = [
  "Bom dia! Abrimos até as 18h hoje 🙂",
  "Claro, só um instante que já verifico.",
  "Encontrei aqui: seu pedido saiu para entrega às 9h40.",
  "Prontinho! Posso ajudar em mais alguma coisa?",
  "Temos sim! Quer que eu separe para você?",
  "Recebido, muito obrigada. A confirmação chega por e-mail em instantes.",
  "Entendo, peço desculpas pelo transtorno. Vou acompanhar pessoalmente.",
];

export interface Thread {
  conversation: ConversationView;
  messages: MessageView[];
}

export const threads = new Map<string, Thread>();
let messageCount = 0;

export function buildMessage(conversationId: string, change: Partial<MessageView>): MessageView {
  messageCount += 1;
  const at = change.at ?? iso(Date.now());
  return {
    id: id("7000", messageCount),
    conversation_id: conversationId,
    ticket_id: null,
    direction: "in",
    author_kind: "contact",
    author_id: null,
    client_message_id: null,
    kind: "text",
    content: {},
    media: null,
    context: null,
    referral: null,
    reactions: [],
    status: "received",
    error: null,
    at,
    status_at: at,
    edited_at: null,
    deleted_at: null,
    version: 1,
    ...change,
  };
}

interface Shape {
  state: TicketView["state"];
  assignee: string | null;
  unread: number;
  lastAt: number;
}

function shapeOf(index: number): Shape {
  const lastAt = NOW - Math.floor((index * 7 + random() * 20) * MINUTE);
  if (index < 9)
    return {
      state: "active",
      assignee: ME,
      unread: index === 0 ? 0 : index % 3 === 1 ? 1 + (index % 4) : 0,
      lastAt,
    };
  if (index < 21) return { state: "queued", assignee: null, unread: 1 + (index % 3), lastAt };
  if (index < 26) return { state: "active", assignee: members[1]?.id ?? null, unread: index % 2, lastAt };
  if (index < 29) return { state: "bot", assignee: null, unread: 0, lastAt };
  return { state: "closed", assignee: pick(members).id, unread: 0, lastAt: lastAt - DAY * (index - 28) };
}

export function previewOf(message: MessageView): TicketView["preview"] {
  const words = message.content.body ?? message.content.caption;
  return {
    message_id: message.id,
    direction: message.direction,
    kind: message.kind,
    text: typeof words === "string" ? words.slice(0, 120) : "",
    status: message.status,
  };
}

function buildThread(index: number): void {
  const conversationId = index === 0 ? (fixtureMessages[0]?.conversation_id ?? "") : id("b000", index + 1);
  const shape = shapeOf(index);
  const name =
    index === 0
      ? "Marina Duarte"
      : `${FIRST[index % FIRST.length] ?? ""} ${LAST[(index * 5) % LAST.length] ?? ""}`;
  const department = departments[index % 2];
  const ticketId = id("c000", index + 1);
  const messages: MessageView[] = [];
  const total = index === 0 ? 70 : 4 + Math.floor(random() * 40);
  let at = shape.lastAt - total * 9 * MINUTE - (index === 0 ? 8 * HOUR : 0);
  for (let step = 0; step < total; step += 1) {
    at += step === Math.floor(total / 2) ? 26 * HOUR - 20 * HOUR : Math.floor(random() * 16 * MINUTE);
    at = Math.min(at, shape.lastAt - (total - step) * 20_000);
    const inbound =
      step >= total - Math.max(1, shape.unread)
        ? shape.state !== "active" || shape.unread > 0
        : random() < 0.55;
    messages.push(
      buildMessage(conversationId, {
        at: iso(at),
        ticket_id: ticketId,
        content: { body: inbound ? pick(ASKED) : pick(ANSWERED) },
        ...(!inbound && {
          direction: "out" as const,
          author_kind: shape.state === "bot" ? ("bot" as const) : ("user" as const),
          author_id: shape.state === "bot" ? null : (shape.assignee ?? ME),
          status: pick(["sent", "delivered", "read", "read"] as const),
        }),
      }),
    );
  }
  if (index === 0) {
    const start = NOW - fixtureMessages.length * 2 * MINUTE;
    fixtureMessages.forEach((message, step) =>
      messages.push({ ...message, ticket_id: ticketId, at: iso(start + step * 2 * MINUTE - 4 * MINUTE) }),
    );
  }
  const last = messages.at(-1);
  if (!last) return;
  const closed = shape.state === "closed";
  const waits = last.direction === "in" && !closed;
  const ticket: TicketView = {
    id: ticketId,
    conversation_id: conversationId,
    number_id: number.id,
    protocol: `20261123${String(index + 1).padStart(6, "0")}`,
    state: shape.state,
    department_id: department?.id ?? "",
    assignee_id: shape.assignee,
    priority: 0,
    unread_count: shape.unread,
    preview: previewOf(last),
    contact: {
      id: id("d000", index + 1),
      name,
      profile_name: index % 4 === 0 ? `${name.split(" ")[0] ?? ""} ✨` : name,
      username: null,
      phone:
        index % 11 === 7
          ? null
          : `+55 11 9${String(8000 + index * 37).slice(-4)}-${String(1000 + index * 71).slice(-4)}`,
      wa_id: null,
    },
    last_message_at: last.at,
    waiting_since: waits ? last.at : null,
    window_expires_at: iso(shape.lastAt + (index === 4 ? 80 * MINUTE : index === 7 ? -HOUR : DAY)),
    queued_at: shape.state === "queued" ? (messages.at(-shape.unread)?.at ?? last.at) : null,
    accepted_at: shape.assignee === null ? null : (messages[0]?.at ?? null),
    first_response_at: null,
    closed_at: closed ? last.at : null,
    closed_by: closed ? "agent" : null,
    close_reason: closed ? "Resolvido" : null,
    created_at: messages[0]?.at ?? last.at,
    version: 1,
  };
  const earlier: TicketView[] =
    index % 3 === 0
      ? [
          {
            ...ticket,
            id: id("c100", index),
            protocol: "20261102000041",
            state: "closed",
            closed_at: iso(NOW - 20 * DAY),
            created_at: iso(NOW - 21 * DAY),
            close_reason: "Venda feita",
            unread_count: 0,
          },
        ]
      : [];
  threads.set(conversationId, {
    messages,
    conversation: {
      id: conversationId,
      number,
      contact: ticket.contact,
      current_ticket: closed ? null : ticket,
      tickets: [ticket, ...earlier],
      window_expires_at: ticket.window_expires_at,
      last_inbound_at: messages.findLast((message) => message.direction === "in")?.at ?? null,
    },
  });
}

for (let index = 0; index < 180; index += 1) buildThread(index);
