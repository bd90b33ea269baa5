/**
 * A company as the server keeps it, as far as its events and answers go: every change of the facts writes what the real
 * one writes to the log, with the same audience, and REST answers from the facts as they are now.
 *
 * Pages are short, so that a handful of tickets and messages already needs several.
 */
import type { TicketFilter } from "@/lib/api/queries";
import { compareInstants } from "@/lib/time/instants";
import type {
  ConversationView,
  DepartmentView,
  MemberView,
  MessageListView,
  SessionView,
  TicketCounts,
  TicketListView,
} from "@/lib/wire/openapi.gen";
import type { ContactView, EventMap, LogItem, MessageView, TicketView } from "@/lib/wire/protocol.gen";
import { buildMessage, buildTicket } from "@/test/builders";
import { SESSION } from "@/test/render-app";

export const TICKETS_A_PAGE = 3;
const MESSAGES_A_PAGE = 3;
const EVERYONE = "account";
const ADMINS = "admins";
const WINDOW_MS = 24 * 3_600_000;
const START = Date.parse("2026-11-23T12:00:00Z");

export interface LogEntry {
  item: LogItem;
  audience: readonly string[];
}

interface Conversation {
  id: string;
  contactId: string;
  windowExpiresAt: string | null;
  lastInboundAt: string | null;
}

/** Who looks at a screen of ours. */
export interface Person {
  id: string;
  departmentIds: string[];
  seesAll: boolean;
  masked: boolean;
}

export const DEPARTMENT_IDS = ["d1", "d2", "d3"] as const;
export const CONVERSATION_IDS = ["c1", "c2", "c3", "c4"] as const;
const STATES = ["bot", "queued", "offered", "active", "on_hold", "waiting_customer"] as const;

export const standingRooms = (person: Person): string[] => [
  EVERYONE,
  `user:${person.id}`,
  ...person.departmentIds.map((id) => `department:${id}`),
  ...(person.seesAll ? [ADMINS] : []),
];

export const conversationRoom = (id: string) => `conversation:${id}`;

function permissionsOf(seesAll: boolean): MemberView["permissions"] {
  return seesAll ? ["inbox", "departments.all"] : ["inbox"];
}

function pick<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}

function found<T>(items: ReadonlyMap<string, T>, id: string): T {
  const item = items.get(id);
  if (item === undefined) throw new Error(`the shop has no ${id}`);
  return item;
}

/** Microseconds and whole seconds, as Postgres and pydantic write them. */
function instant(minutes: number, micros: number): string {
  const whole = new Date(START + minutes * 60_000).toISOString().replace(".000Z", "");
  return micros === 0 ? `${whole}Z` : `${whole}.${String(micros).padStart(6, "0")}Z`;
}

export class Shop {
  readonly log: LogEntry[] = [];
  readonly people: Person[];
  readonly tickets = new Map<string, TicketView>();
  readonly messages = new Map<string, MessageView[]>();
  readonly conversations = new Map<string, Conversation>();
  readonly contacts = new Map<string, ContactView>();
  readonly members = new Map<string, MemberView>();
  readonly departments = new Map<string, DepartmentView>();
  account: EventMap["account_updated"]["account"];
  /** A number of its own for everything that must be unique. */
  #counter = 0;
  #minute = 0;

  constructor(people: Person[]) {
    this.people = people;
    this.account = {
      ...SESSION.account,
      business_hours: {},
      erase_after: null,
      version: 1,
    };
    DEPARTMENT_IDS.forEach((id, position) => {
      this.departments.set(id, {
        id,
        name: `Setor ${id}`,
        color: "#123456",
        position,
        archived_at: null,
        version: 1,
      });
    });
    for (const person of people) this.members.set(person.id, this.#member(person.id, person));
    for (const id of CONVERSATION_IDS) {
      const contactId = `contact-${id}`;
      this.contacts.set(contactId, {
        id: contactId,
        name: `Cliente ${id}`,
        profile_name: "",
        username: null,
        phone: "+55 11 99999-0001",
        wa_id: "5511999990001",
      });
      this.conversations.set(id, { id, contactId, windowExpiresAt: null, lastInboundAt: null });
      this.messages.set(id, []);
    }
  }

  get seq(): number {
    return this.log.length;
  }

  // ── facts change ──────────────────────────────────────────────────────────────────────────────────────────────────

  #tell<K extends keyof EventMap>(type: K, audience: readonly string[], data: EventMap[K]): void {
    const item = {
      seq: this.seq + 1,
      type,
      at: instant(this.#minute, 0),
      data: structuredClone(data) as never,
    };
    this.log.push({ item, audience });
  }

  /** Somebody writes: the message, its window, the row of the ticket. */
  write(conversationAt: number, inbound: boolean, late: boolean, departmentAt: number): void {
    const conversation = this.#conversation(conversationAt);
    this.#minute += 1;
    // A webhook that Meta delivers late carries the time at which it was written.
    const at = instant(late ? this.#minute - 7 : this.#minute, late ? 0 : this.#minute % 3);
    this.#counter += 1;
    let ticket = this.#openTicket(conversation.id);
    const isNew = ticket === undefined;
    if (!ticket) {
      if (!inbound) return;
      ticket = this.#ticket(conversation, pick(DEPARTMENT_IDS, departmentAt));
    }
    const message = buildMessage({
      id: `m${String(this.#counter).padStart(4, "0")}`,
      conversation_id: conversation.id,
      ticket_id: ticket.id,
      direction: inbound ? "in" : "out",
      status: inbound ? "received" : "queued",
      at,
    });
    this.messages.get(conversation.id)?.push(message);
    this.#tell("message_created", this.#messageRooms(conversation.id, ticket.assignee_id), { message });
    if (inbound) this.#widen(conversation, at);
    const last = isNew || compareInstants(at, ticket.last_message_at) > 0 ? at : ticket.last_message_at;
    this.#change(ticket, {
      last_message_at: last,
      unread_count: inbound ? ticket.unread_count + 1 : 0,
      preview: {
        message_id: message.id,
        direction: message.direction,
        kind: "text",
        text: message.id,
        status: null,
      },
      window_expires_at: conversation.windowExpiresAt,
    });
  }

  /** A reaction: no bubble, but the window. */
  react(conversationAt: number, messageAt: number): void {
    const conversation = this.#conversation(conversationAt);
    this.#minute += 1;
    this.editMessage(conversationAt, messageAt);
    this.#widen(conversation, instant(this.#minute, 0));
    const ticket = this.#openTicket(conversation.id);
    if (ticket) this.#change(ticket, { window_expires_at: conversation.windowExpiresAt });
    else
      this.#tell("conversation_updated", [conversationRoom(conversation.id)], {
        conversation_id: conversation.id,
        window_expires_at: conversation.windowExpiresAt,
        last_inbound_at: conversation.lastInboundAt,
      });
  }

  editMessage(conversationAt: number, messageAt: number): void {
    const message = this.#message(conversationAt, messageAt);
    if (!message) return;
    const next = { ...message, content: { body: `v${message.version + 1}` }, version: message.version + 1 };
    this.#replace(next);
    this.#tell("message_updated", this.#messageRooms(next.conversation_id), { message: next });
  }

  moveTicks(conversationAt: number, messageAt: number, statusAt: number): void {
    const message = this.#message(conversationAt, messageAt);
    if (!message) return;
    const status = pick(["sent", "delivered", "read", "failed"] as const, statusAt);
    const next = { ...message, status, status_at: instant(this.#minute, 1), version: message.version + 1 };
    this.#replace(next);
    const { id, conversation_id, status_at, error, version } = next;
    this.#tell("message_status_changed", this.#messageRooms(conversation_id), {
      message_id: id,
      conversation_id,
      status,
      status_at,
      error,
      version,
    });
  }

  /** Accepted, returned, put on hold, transferred with or without a person. */
  workTicket(ticketAt: number, stateAt: number, departmentAt: number, assigneeAt: number): void {
    const ticket = this.#anyTicket(ticketAt);
    if (ticket?.closed_at !== null) return;
    const state = pick(STATES, stateAt);
    const assignee = pick([...this.people, null], assigneeAt);
    this.#change(ticket, {
      state,
      department_id: pick(DEPARTMENT_IDS, departmentAt),
      assignee_id: assignee?.id ?? null,
      queued_at: state === "queued" ? instant(this.#minute, 0) : null,
      unread_count: stateAt % 2,
    });
  }

  endTicket(ticketAt: number): void {
    const ticket = this.#anyTicket(ticketAt);
    if (!ticket) return;
    this.#minute += 1;
    if (ticket.closed_at === null)
      this.#change(ticket, {
        // Several in one second, as a supervisor closes them.
        state: "closed",
        closed_at: instant(this.#minute - (this.#minute % 2), this.#minute % 5),
        closed_by: "agent",
        window_expires_at: null,
      });
    else if (!this.#openTicket(ticket.conversation_id))
      this.#change(ticket, {
        state: "active",
        closed_at: null,
        closed_by: null,
        window_expires_at: this.conversations.get(ticket.conversation_id)?.windowExpiresAt ?? null,
      });
  }

  renameContact(conversationAt: number): void {
    const { contactId } = this.#conversation(conversationAt);
    this.#counter += 1;
    this.#nameContact(contactId, { name: `Nome ${this.#counter}` });
  }

  /** As inbox/privacy/eraser: messages blank, rows anonymous, and the word to fetch anew. */
  erase(conversationAt: number): void {
    const { id, contactId } = this.#conversation(conversationAt);
    const open = this.#openTicket(id);
    if (open)
      this.#change(open, {
        state: "discarded",
        closed_at: instant(this.#minute, 9),
        closed_by: "system",
        window_expires_at: null,
      });
    for (const message of this.messages.get(id) ?? []) {
      const next = {
        ...message,
        content: {},
        deleted_at: instant(this.#minute, 0),
        version: message.version + 1,
      };
      this.#replace(next);
      this.#tell("message_updated", [conversationRoom(id)], { message: next });
    }
    const tickets = this.#ticketsOf(contactId);
    for (const ticket of tickets)
      // Nobody is told of each: contact_erased says to ask again.
      this.tickets.set(ticket.id, {
        ...ticket,
        preview: {},
        close_reason: "contact_erased",
        version: ticket.version + 1,
      });
    this.#nameContact(contactId, { name: "", phone: null, wa_id: null });
    const audience = [
      ADMINS,
      conversationRoom(id),
      ...tickets.flatMap((ticket) => this.#ticketRooms(ticket)),
    ];
    this.#tell("contact_erased", audience, { contact_id: contactId, conversation_ids: [id] });
  }

  changeMember(memberAt: number): void {
    this.#counter += 1;
    const id = pick([...this.people.map((person) => person.id), "guest-1", "guest-2"], memberAt);
    const before = this.members.get(id) ?? this.#member(id, null);
    const member = {
      ...before,
      name: `${pick(["Zé", "Ana", "Íris"], this.#counter)} ${id}`,
      version: before.version + 1,
    };
    this.members.set(id, member);
    this.#tell("member_updated", [EVERYONE], { member });
  }

  changeAccess({ id, departmentIds, seesAll }: Person): void {
    const before = this.members.get(id) ?? this.#member(id, null);
    const member = {
      ...before,
      department_ids: departmentIds,
      permissions: permissionsOf(seesAll),
      version: before.version + 1,
    };
    this.members.set(id, member);
    this.#tell("member_updated", [EVERYONE], { member });
  }

  removeMember(memberAt: number): void {
    const id = pick(["guest-1", "guest-2"], memberAt);
    if (this.members.delete(id)) this.#tell("member_removed", [EVERYONE], { member_id: id });
  }

  createDepartment(): void {
    this.#counter += 1;
    const id = `d-${this.#counter}`;
    const department = {
      id,
      name: `Novo ${this.#counter}`,
      color: "#654321",
      position: this.#counter % 4,
      archived_at: null,
      version: 1,
    };
    this.departments.set(id, department);
    this.#tell("department_created", [EVERYONE], { department });
  }

  changeDepartment(departmentAt: number, position: number): void {
    const before = pick([...this.departments.values()], departmentAt);
    const archived_at = position % 3 === 0 ? instant(this.#minute, 0) : null;
    const department = { ...before, position, archived_at, version: before.version + 1 };
    this.departments.set(before.id, department);
    this.#tell("department_updated", [EVERYONE], { department });
  }

  changeAccount(): void {
    this.#counter += 1;
    this.account = { ...this.account, name: `Casa ${this.#counter}`, version: this.account.version + 1 };
    this.#tell("account_updated", [EVERYONE], { account: this.account });
  }

  // ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #conversation(index: number): Conversation {
    return found(this.conversations, pick(CONVERSATION_IDS, index));
  }

  #anyTicket(index: number): TicketView | undefined {
    const all = [...this.tickets.values()];
    return all.length === 0 ? undefined : pick(all, index);
  }

  #openTicket(conversationId: string): TicketView | undefined {
    return [...this.tickets.values()].find(
      (ticket) => ticket.conversation_id === conversationId && ticket.closed_at === null,
    );
  }

  #ticketsOf(contactId: string): TicketView[] {
    return [...this.tickets.values()].filter((ticket) => ticket.contact.id === contactId);
  }

  #message(conversationAt: number, messageAt: number): MessageView | undefined {
    const all = this.messages.get(this.#conversation(conversationAt).id) ?? [];
    return all.length === 0 ? undefined : pick(all, messageAt);
  }

  #replace(message: MessageView): void {
    const all = this.messages.get(message.conversation_id) ?? [];
    this.messages.set(
      message.conversation_id,
      all.map((old) => (old.id === message.id ? message : old)),
    );
  }

  #member(id: string, person: Person | null): MemberView {
    return {
      id,
      name: `Pessoa ${id}`,
      email: `${id}@x.example`,
      role: "operator",
      role_id: null,
      role_name: "",
      permissions: permissionsOf(person?.seesAll ?? false),
      department_ids: person?.departmentIds ?? [],
      capacity: 5,
      availability: "online",
      pause_reason: null,
      availability_since: instant(0, 0),
      version: 1,
    };
  }

  #ticket(conversation: Conversation, departmentId: string): TicketView {
    const ticket = buildTicket({
      id: `t${String(this.#counter).padStart(4, "0")}`,
      conversation_id: conversation.id,
      department_id: departmentId,
      assignee_id: null,
      state: "queued",
      contact: found(this.contacts, conversation.contactId),
      created_at: instant(this.#minute, 0),
      version: 0,
    });
    return ticket;
  }

  #widen(conversation: Conversation, at: string): void {
    if (conversation.lastInboundAt !== null && compareInstants(conversation.lastInboundAt, at) >= 0) return;
    conversation.lastInboundAt = at;
    conversation.windowExpiresAt = new Date(Date.parse(at) + WINDOW_MS).toISOString();
  }

  #ticketRooms(ticket: TicketView): string[] {
    return [ADMINS, conversationRoom(ticket.conversation_id), ...this.#listRooms(ticket)];
  }

  #listRooms({ department_id, assignee_id }: TicketView): string[] {
    return [`department:${department_id}`, ...(assignee_id === null ? [] : [`user:${assignee_id}`])];
  }

  #messageRooms(
    conversationId: string,
    assigneeId = this.#openTicket(conversationId)?.assignee_id ?? null,
  ): string[] {
    return [conversationRoom(conversationId), ...(assigneeId === null ? [] : [`user:${assigneeId}`])];
  }

  #change(before: TicketView, change: Partial<TicketView>): void {
    const ticket = { ...before, ...change, version: before.version + 1 };
    this.tickets.set(ticket.id, ticket);
    if (before.version > 0 && before.department_id !== ticket.department_id) {
      const left = this.#listRooms(before);
      const { id: ticket_id, conversation_id, version } = ticket;
      this.#tell("ticket_removed", left, { ticket_id, conversation_id, version });
    } else if (before.assignee_id !== null && before.assignee_id !== ticket.assignee_id) {
      this.#reassigned(before, ticket);
    }
    this.#tell("ticket_updated", this.#ticketRooms(ticket), { ticket });
  }

  /** Whoever had it from outside its department sees it no more. */
  #reassigned(before: TicketView, { id: ticket_id, conversation_id, version }: TicketView): void {
    this.#tell("ticket_removed", [`user:${before.assignee_id ?? ""}`], {
      ticket_id,
      conversation_id,
      version,
    });
  }

  #nameContact(contactId: string, change: Partial<ContactView>): void {
    const contact = { ...found(this.contacts, contactId), ...change };
    this.contacts.set(contactId, contact);
    const tickets = this.#ticketsOf(contactId);
    for (const ticket of tickets) {
      if (ticket.closed_at === null) this.#change(ticket, { contact });
      else this.tickets.set(ticket.id, { ...ticket, contact, version: ticket.version + 1 });
    }
    const conversations = [...this.conversations.values()].filter((one) => one.contactId === contactId);
    const assignees = tickets.filter((ticket) => ticket.closed_at === null && ticket.assignee_id !== null);
    this.#tell(
      "contact_updated",
      [
        ADMINS,
        ...tickets.map((ticket) => `department:${ticket.department_id}`),
        ...assignees.map((ticket) => `user:${ticket.assignee_id ?? ""}`),
        ...conversations.map((one) => conversationRoom(one.id)),
      ],
      { contact },
    );
  }

  // ── what REST answers ─────────────────────────────────────────────────────────────────────────────────────────────

  isNear(person: Person, ticket: TicketView): boolean {
    return person.seesAll || person.departmentIds.includes(ticket.department_id);
  }

  seesConversation(person: Person, id: string): boolean {
    return [...this.tickets.values()].some(
      (ticket) =>
        ticket.conversation_id === id && (this.isNear(person, ticket) || ticket.assignee_id === person.id),
    );
  }

  list(person: Person, filter: TicketFilter): TicketView[] {
    const { view, departmentId, unread } = filter;
    const isListed = (ticket: TicketView) => {
      const near = this.isNear(person, ticket);
      const own = ticket.assignee_id === person.id;
      if ((ticket.closed_at === null) === (view === "closed")) return false;
      if (departmentId !== null && ticket.department_id !== departmentId) return false;
      if (unread && ticket.unread_count === 0) return false;
      if (view === "mine") return own && ticket.state !== "bot";
      if (view === "queue") return near && ["queued", "offered"].includes(ticket.state);
      if (view === "bot") return near && ticket.state === "bot";
      return view === "closed" ? near : near || own;
    };
    return [...this.tickets.values()]
      .filter(isListed)
      .sort((a, b) => order(sortPlace(a, view), sortPlace(b, view)));
  }

  listPage(person: Person, filter: TicketFilter, cursor: string | null): TicketListView {
    const after = cursor === null ? null : (JSON.parse(cursor) as readonly [string, string]);
    const rest = this.list(person, filter).filter(
      (ticket) => after === null || order(after, sortPlace(ticket, filter.view)) < 0,
    );
    const items = rest.slice(0, TICKETS_A_PAGE);
    const last = items.at(-1);
    const more = rest.length > items.length && last;
    const next_cursor = more ? JSON.stringify(sortPlace(last, filter.view)) : null;
    return { items: items.map((ticket) => shown(person, ticket)), next_cursor, counts: this.counts(person) };
  }

  counts(person: Person): TicketCounts {
    const count = (view: TicketFilter["view"], unread = false) =>
      this.list(person, { view, departmentId: null, unread, q: "" }).length;
    const own = (ticket: TicketView) => ticket.assignee_id === person.id;
    // Unlike the lists, the counters take an own ticket into account wherever it is.
    const open = [...this.tickets.values()].filter(
      (ticket) => ticket.closed_at === null && (own(ticket) || this.isNear(person, ticket)),
    );
    return {
      mine: count("mine"),
      mine_unread: count("mine", true),
      queue: open.filter(({ state }) => state === "queued" || state === "offered").length,
      bot: open.filter(({ state }) => state === "bot").length,
      all: open.length,
    };
  }

  conversationView(person: Person, id: string): ConversationView | null {
    const conversation = this.conversations.get(id);
    if (!conversation || !this.seesConversation(person, id)) return null;
    const tickets = [...this.tickets.values()]
      .filter((ticket) => ticket.conversation_id === id)
      .sort((a, b) => compareInstants(b.created_at, a.created_at) || (a.id < b.id ? 1 : -1))
      .map((ticket) => shown(person, ticket));
    return {
      id,
      contact: masked(person, found(this.contacts, conversation.contactId)),
      current_ticket: tickets.find((ticket) => ticket.closed_at === null) ?? null,
      last_inbound_at: conversation.lastInboundAt,
      window_expires_at: conversation.windowExpiresAt,
      number: {
        id: "n1",
        name: "Matriz",
        display_phone_number: "+55 11 4000-0000",
        phone_number_id: "1",
        waba_id: "2",
        default_department_id: "d1",
        messages_per_second: 80,
        last_webhook_at: null,
        version: 1,
      },
      tickets,
    };
  }

  messageList(id: string): MessageView[] {
    return (this.messages.get(id) ?? []).toSorted(
      (a, b) => compareInstants(a.at, b.at) || (a.id < b.id ? -1 : 1),
    );
  }

  messagePage(id: string, before: string | null): MessageListView {
    const place = before === null ? null : (JSON.parse(before) as readonly [string, string]);
    const older = this.messageList(id).filter(
      (message) => place === null || order(place, [message.at, message.id]) < 0,
    );
    const items = older.slice(-MESSAGES_A_PAGE);
    const first = items[0];
    const more = older.length > items.length && first;
    return { items, next_before: more ? JSON.stringify([first.at, first.id]) : null, seq: this.seq };
  }

  memberList(): MemberView[] {
    return [...this.members.values()].sort((a, b) => byText(a.name, b.name) || byText(a.id, b.id));
  }

  departmentList(): DepartmentView[] {
    return [...this.departments.values()].sort(
      (a, b) =>
        Number(a.archived_at !== null) - Number(b.archived_at !== null) ||
        a.position - b.position ||
        byText(a.name, b.name),
    );
  }

  session(person: Person): SessionView {
    const { id, name, locale, time_zone, brand_color, logo_url, state } = this.account;
    const member = found(this.members, person.id);
    return {
      ...SESSION,
      user: { ...SESSION.user, id: person.id, name: member.name, email: member.email },
      account: { id, name, locale, time_zone, brand_color, logo_url, state },
      accounts: [{ id, name, role: "operator", state }],
      department_ids: person.departmentIds,
      permissions: permissionsOf(person.seesAll),
    };
  }
}

/** (moment, id), newest first. */
function order(a: readonly [string, string], b: readonly [string, string]): number {
  return compareInstants(b[0], a[0]) || (a[1] < b[1] ? 1 : a[1] > b[1] ? -1 : 0);
}

function sortPlace(ticket: TicketView, view: TicketFilter["view"]): readonly [string, string] {
  return [view === "closed" ? (ticket.closed_at ?? "") : ticket.last_message_at, ticket.id];
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function masked(person: Person, contact: ContactView): ContactView {
  return person.masked && contact.phone !== null
    ? { ...contact, phone: "+55 11 9••••-••01", wa_id: null }
    : contact;
}

export function shown(person: Person, ticket: TicketView): TicketView {
  return { ...ticket, contact: masked(person, ticket.contact) };
}

/** What of an event this person hears, with the numbers that they may not see hidden. */
export function heard(person: Person, { item }: LogEntry): LogItem {
  const { data } = item as unknown as { data: { ticket?: TicketView; contact?: ContactView } };
  if (data.ticket) return { ...item, data: { ...data, ticket: shown(person, data.ticket) } };
  if (data.contact) return { ...item, data: { ...data, contact: masked(person, data.contact) } };
  return item;
}
