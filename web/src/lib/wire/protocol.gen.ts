// Generated from generated/protocol.json by scripts/generate-types.mjs. Do not edit.

/**
 * `accounts.state`; what each means is accounts/lifecycle.
 */
export type AccountState = "active" | "suspended" | "closing" | "closed";
/**
 * Stored in `roles.permissions` and `api_keys.scopes`: a name is never reused for something else.
 */
export type Permission =
  | "inbox"
  | "tickets.supervise"
  | "departments.all"
  | "contacts.edit"
  | "contacts.phones"
  | "contacts.reveal"
  | "numbers.manage"
  | "people.manage"
  | "roles.manage"
  | "departments.manage"
  | "account.manage"
  | "security.manage"
  | "api_keys.manage"
  | "audit.view"
  | "privacy.manage"
  | "reports.view";
/**
 * `memberships.role`. What a role may do is its permissions; only `custom` has them in a table.
 */
export type Role = "admin" | "supervisor" | "operator" | "client" | "custom";

export interface Models {
  AcceptTicket: AcceptTicket;
  AccountAppearance: AccountAppearance;
  AccountState: AccountState;
  AccountUpdated: AccountUpdated;
  BusinessHours: BusinessHours;
  CloseTicket: CloseTicket;
  CommandMap: CommandMap;
  ConnectAuth: ConnectAuth;
  ContactErased: ContactErased;
  ContactUpdated: ContactUpdated;
  ContactView: ContactView;
  ConversationUpdated: ConversationUpdated;
  CursorHint: CursorHint;
  DayHours: DayHours;
  DepartmentCreated: DepartmentCreated;
  DepartmentUpdated: DepartmentUpdated;
  DepartmentView: DepartmentView;
  Done: Done;
  EphemeralMap: EphemeralMap;
  EventMap: EventMap;
  Holiday: Holiday;
  Interval: Interval;
  LeaveConversation: LeaveConversation;
  LocationContent: LocationContent;
  LogItem: LogItem;
  MarkRead: MarkRead;
  MediaContent: MediaContent;
  MediaView: MediaView;
  MemberRemoved: MemberRemoved;
  MemberResult: MemberResult;
  MemberUpdated: MemberUpdated;
  MemberView: MemberView;
  MessageContext: MessageContext;
  MessageCreated: MessageCreated;
  MessageError: MessageError;
  MessageResult: MessageResult;
  MessageStatusChanged: MessageStatusChanged;
  MessageUpdated: MessageUpdated;
  MessageView: MessageView;
  OpenConversation: OpenConversation;
  OpenedConversation: OpenedConversation;
  Painted: Painted;
  Permission: Permission;
  PresenceChanged: PresenceChanged;
  Problem: Problem;
  QuotedMessage: QuotedMessage;
  ReactionContent: ReactionContent;
  ReactionView: ReactionView;
  Ready: Ready;
  ReconnectHint: ReconnectHint;
  RefreshToken: RefreshToken;
  ReopenTicket: ReopenTicket;
  ResyncRequired: ResyncRequired;
  RetryMessage: RetryMessage;
  ReturnTicketToQueue: ReturnTicketToQueue;
  Role: Role;
  Seen: Seen;
  SendMessage: SendMessage;
  SetAvailability: SetAvailability;
  ShowTyping: ShowTyping;
  SignedOut: SignedOut;
  TextContent: TextContent;
  TicketPreview: TicketPreview;
  TicketRemoved: TicketRemoved;
  TicketResult: TicketResult;
  TicketUpdated: TicketUpdated;
  TicketView: TicketView;
  TransferTicket: TransferTicket;
  TypingShown: TypingShown;
  ViewingChanged: ViewingChanged;
  WeekHours: WeekHours;
}
export interface AcceptTicket {
  ticket_id: string;
}
/**
 * What open screens show of the account.
 */
export interface AccountAppearance {
  brand_color: string | null;
  business_hours: BusinessHours;
  erase_after: string | null;
  id: string;
  locale: string;
  logo_url: string | null;
  name: string;
  state: AccountState;
  time_zone: string;
  version: number;
}
export interface BusinessHours {
  holidays?: Holiday[];
  weekdays?: WeekHours | null;
}
/**
 * A date whose hours replace the weekday's; without intervals it is closed.
 */
export interface Holiday {
  day: string;
  intervals?: Interval[];
  name: string;
}
export interface Interval {
  closes: string;
  opens: string;
}
/**
 * A weekday that is left out is closed.
 */
export interface WeekHours {
  friday?: DayHours;
  monday?: DayHours;
  saturday?: DayHours;
  sunday?: DayHours;
  thursday?: DayHours;
  tuesday?: DayHours;
  wednesday?: DayHours;
}
/**
 * Hours of one day, in order and without overlap; empty: closed.
 */
export interface DayHours {
  intervals?: Interval[];
}
/**
 * The account's settings or its state changed. Audience: everybody of the account.
 */
export interface AccountUpdated {
  account: AccountAppearance;
}
export interface CloseTicket {
  reason?: string | null;
  ticket_id: string;
}
export interface CommandMap {
  accept_ticket: {
    payload: AcceptTicket;
    result: TicketResult;
  };
  close_ticket: {
    payload: CloseTicket;
    result: TicketResult;
  };
  leave_conversation: {
    payload: LeaveConversation;
    result: Done;
  };
  mark_read: {
    payload: MarkRead;
    result: Done;
  };
  open_conversation: {
    payload: OpenConversation;
    result: OpenedConversation;
  };
  refresh_token: {
    payload: RefreshToken;
    result: Done;
  };
  reopen_ticket: {
    payload: ReopenTicket;
    result: TicketResult;
  };
  retry_message: {
    payload: RetryMessage;
    result: MessageResult;
  };
  return_ticket_to_queue: {
    payload: ReturnTicketToQueue;
    result: TicketResult;
  };
  seen: {
    payload: Seen;
    result: Done;
  };
  send_message: {
    payload: SendMessage;
    result: MessageResult;
  };
  set_availability: {
    payload: SetAvailability;
    result: MemberResult;
  };
  transfer_ticket: {
    payload: TransferTicket;
    result: TicketResult;
  };
  typing: {
    payload: ShowTyping;
    result: Done;
  };
}
export interface TicketResult {
  ticket: TicketView;
}
/**
 * A row of the inbox: one episode of service with what the list needs to be drawn without asking again.
 */
export interface TicketView {
  accepted_at: string | null;
  assignee_id: string | null;
  close_reason: string | null;
  closed_at: string | null;
  closed_by: ("agent" | "customer" | "flow" | "inactivity" | "supervisor" | "system") | null;
  contact: ContactView;
  conversation_id: string;
  created_at: string;
  department_id: string;
  first_response_at: string | null;
  id: string;
  last_message_at: string;
  number_id: string;
  preview: TicketPreview;
  priority: number;
  protocol: string;
  queued_at: string | null;
  state:
    | "bot"
    | "queued"
    | "offered"
    | "active"
    | "on_hold"
    | "waiting_customer"
    | "wrap_up"
    | "closed"
    | "abandoned"
    | "expired"
    | "merged"
    | "discarded";
  unread_count: number;
  version: number;
  waiting_since: string | null;
  window_expires_at: string | null;
}
/**
 * A customer as lists and headers show them.
 */
export interface ContactView {
  id: string;
  name: string;
  phone: string | null;
  phone_masked?: boolean;
  profile_name: string;
  username: string | null;
  wa_id: string | null;
}
/**
 * The newest message, short enough for a list row.
 */
export interface TicketPreview {
  direction?: ("in" | "out") | null;
  kind?: string;
  message_id?: string | null;
  status?:
    | (
        | "received"
        | "queued"
        | "sending"
        | "unconfirmed"
        | "sent"
        | "delivered"
        | "read"
        | "played"
        | "failed"
      )
    | null;
  text?: string;
}
export interface LeaveConversation {
  conversation_id: string;
}
/**
 * It is done; there is nothing to tell.
 */
export interface Done {}
export interface MarkRead {
  conversation_id: string;
}
export interface OpenConversation {
  conversation_id: string;
}
/**
 * From this seq on, this socket gets the exact events of the conversation.
 */
export interface OpenedConversation {
  conversation_id: string;
  seq: number;
  viewing_user_ids: string[];
}
/**
 * A younger token of the same user: the socket lives on without reconnecting.
 */
export interface RefreshToken {
  token: string;
}
export interface ReopenTicket {
  ticket_id: string;
}
/**
 * Sends a failed message again, really; an unconfirmed one only with `even_if_unconfirmed`.
 */
export interface RetryMessage {
  even_if_unconfirmed?: boolean;
  message_id: string;
}
export interface MessageResult {
  message: MessageView;
}
export interface MessageView {
  at: string;
  author_id: string | null;
  author_kind: "contact" | "user" | "bot" | "system" | "phone" | "api";
  client_message_id: string | null;
  content: {
    [k: string]: unknown;
  };
  context: MessageContext | null;
  conversation_id: string;
  deleted_at: string | null;
  direction: "in" | "out";
  edited_at: string | null;
  error: MessageError | null;
  id: string;
  kind: string;
  media: MediaView | null;
  reactions: ReactionView[];
  referral: {
    [k: string]: unknown;
  } | null;
  status:
    "received" | "queued" | "sending" | "unconfirmed" | "sent" | "delivered" | "read" | "played" | "failed";
  status_at: string | null;
  ticket_id: string | null;
  version: number;
}
export interface MessageContext {
  forwarded?: boolean;
  frequently_forwarded?: boolean;
  quoted?: QuotedMessage | null;
  referred_product?: {
    [k: string]: unknown;
  } | null;
}
/**
 * The message that this one answers, as far as we know it.
 */
export interface QuotedMessage {
  direction: ("in" | "out") | null;
  kind: string | null;
  message_id: string | null;
  preview: string;
  wamid: string;
}
/**
 * Why a message failed: Meta's code and words, and ours for the operator.
 */
export interface MessageError {
  can_retry: boolean;
  code: number | null;
  details: string;
  reason: {
    [k: string]: string;
  };
  reason_key: string;
  title: string;
}
/**
 * A file of a message. Its bytes are at /media/{id} for those who may see the conversation.
 */
export interface MediaView {
  duration_ms: number | null;
  file_name: string | null;
  height: number | null;
  id: string;
  mime_type: string;
  size: number | null;
  state: "pending" | "stored" | "failed";
  width: number | null;
}
export interface ReactionView {
  emoji: string;
  reactor: string;
}
export interface ReturnTicketToQueue {
  ticket_id: string;
}
/**
 * Confirms what came in `events`: how many items of this connection are applied, the repeated ones too.
 *
 * A connection keeps the order, so the number says which. Cumulative: one for many items, a lost one is made up for by
 * the next. Nothing waits for it, and no client has to send it.
 */
export interface Seen {
  items: number;
  painted?: Painted[];
  round_trip_ms?: number;
}
/**
 * A message that the screen shows, painted this long after its frame had come.
 */
export interface Painted {
  after_ms: number;
  message_id: string;
}
/**
 * Idempotent by `client_message_id`: the same id again answers with the same message and sends nothing.
 */
export interface SendMessage {
  client_message_id: string;
  content: TextContent | MediaContent | LocationContent | ReactionContent;
  conversation_id: string;
  reply_to_message_id?: string | null;
}
export interface TextContent {
  body: string;
  kind?: "text";
}
export interface MediaContent {
  caption?: string | null;
  kind: "image" | "video" | "audio" | "document" | "sticker";
  media_id: string;
  voice?: boolean;
}
export interface LocationContent {
  address?: string | null;
  kind: "location";
  latitude: number;
  longitude: number;
  name?: string | null;
}
export interface ReactionContent {
  emoji: string;
  kind: "reaction";
  message_id: string;
}
export interface SetAvailability {
  availability: "online" | "paused" | "offline";
  pause_reason?: string | null;
}
export interface MemberResult {
  member: MemberView;
}
/**
 * A person of the account.
 */
export interface MemberView {
  availability: "online" | "paused" | "offline";
  availability_since: string;
  capacity: number;
  department_ids: string[];
  email: string;
  id: string;
  name: string;
  pause_reason: string | null;
  permissions: Permission[];
  role: Role;
  role_id: string | null;
  role_name: string;
  version: number;
}
/**
 * To a department's queue, or to a person of it.
 */
export interface TransferTicket {
  assignee_id?: string | null;
  department_id: string;
  note?: string | null;
  ticket_id: string;
}
export interface ShowTyping {
  conversation_id: string;
  typing: boolean;
}
export interface ConnectAuth {
  cursor?: number | null;
  open_conversation_ids?: string[];
  token: string;
}
/**
 * A customer was erased: drop what is cached of their conversations and fetch anew. Exact; audience: those who have one
 * of the conversations open, the departments of its tickets, admins.
 */
export interface ContactErased {
  contact_id: string;
  conversation_ids: string[];
}
/**
 * What lists and headers show of a customer changed: every copy of it, in rows of closed tickets too.
 *
 * Exact. Audience: the departments of all tickets of the customer, the assignees of open ones, and who has one of the
 * conversations open.
 */
export interface ContactUpdated {
  contact: ContactView;
}
/**
 * The customer service window moved. Exact. Audience: the opened conversation and the assignee.
 *
 * List rows hear of it by their ticket; this tells the header of a conversation whose tickets are all closed.
 */
export interface ConversationUpdated {
  conversation_id: string;
  last_inbound_at: string | null;
  window_expires_at: string | null;
}
/**
 * Nothing for you up to here: lets a quiet client keep its cursor young.
 */
export interface CursorHint {
  seq: number;
}
/**
 * Audience: everybody of the account.
 */
export interface DepartmentCreated {
  department: DepartmentView;
}
export interface DepartmentView {
  archived_at: string | null;
  color: string;
  id: string;
  name: string;
  position: number;
  version: number;
}
/**
 * Renamed, recoloured, moved, archived or brought back. Audience: everybody of the account.
 */
export interface DepartmentUpdated {
  department: DepartmentView;
}
export interface EphemeralMap {
  cursor: CursorHint;
  presence: PresenceChanged;
  ready: Ready;
  reconnect: ReconnectHint;
  resync_required: ResyncRequired;
  signed_out: SignedOut;
  typing: TypingShown;
  viewing: ViewingChanged;
}
export interface PresenceChanged {
  connected: boolean;
  user_id: string;
}
/**
 * The socket is live: everything after `cursor` that this user may see has been sent.
 */
export interface Ready {
  account_id: string;
  connected_user_ids: string[];
  open_conversation_ids: string[];
  resumed: boolean;
  seen_every_ms: number;
  seq: number;
  user_id: string;
}
/**
 * The server restarts or sheds this socket: reconnect after this many milliseconds (jitter included).
 */
export interface ReconnectHint {
  after_ms: number;
}
/**
 * Drop what is cached and fetch anew; the socket itself stays live.
 *
 * The cursor is too old (the log has dropped what follows it), too far behind or ahead of the log; too much arrived while
 * the replay ran (lagging); or this user's role or departments have changed (access_changed).
 */
export interface ResyncRequired {
  reason: "too_old" | "too_far" | "unknown_cursor" | "lagging" | "access_changed";
}
/**
 * The server ends this socket for good: do not reconnect with the same token.
 */
export interface SignedOut {
  reason: "token_expired" | "signed_out" | "access_changed";
}
export interface TypingShown {
  conversation_id: string;
  typing: boolean;
  user_id: string;
}
/**
 * Who has the conversation open right now.
 */
export interface ViewingChanged {
  conversation_id: string;
  user_ids: string[];
}
export interface EventMap {
  account_updated: AccountUpdated;
  contact_erased: ContactErased;
  contact_updated: ContactUpdated;
  conversation_updated: ConversationUpdated;
  department_created: DepartmentCreated;
  department_updated: DepartmentUpdated;
  member_removed: MemberRemoved;
  member_updated: MemberUpdated;
  message_created: MessageCreated;
  message_status_changed: MessageStatusChanged;
  message_updated: MessageUpdated;
  ticket_removed: TicketRemoved;
  ticket_updated: TicketUpdated;
}
/**
 * Somebody left the account. Audience: everybody of the account.
 */
export interface MemberRemoved {
  member_id: string;
}
/**
 * Somebody came, or their availability, role, departments or capacity changed. Audience: everybody of the account.
 */
export interface MemberUpdated {
  member: MemberView;
}
/**
 * Exact. Audience: the opened conversation and the assignee.
 */
export interface MessageCreated {
  message: MessageView;
  received_at?: string | null;
}
/**
 * The ticks moved. Exact, same audience; lean, because three come for every message.
 */
export interface MessageStatusChanged {
  conversation_id: string;
  error: MessageError | null;
  message_id: string;
  status:
    "received" | "queued" | "sending" | "unconfirmed" | "sent" | "delivered" | "read" | "played" | "failed";
  status_at: string | null;
  version: number;
}
/**
 * Content, media, reactions or deletion changed. Exact, same audience.
 */
export interface MessageUpdated {
  message: MessageView;
}
/**
 * A ticket left for a department that the audience may not see. Comes before the TicketUpdated of the move.
 */
export interface TicketRemoved {
  conversation_id: string;
  ticket_id: string;
  version: number;
}
/**
 * A ticket was opened or changed. Conflated: per ticket the latest wins within 100 ms.
 *
 * Audience: its department, its assignee, admins, and whoever has the conversation open. So a list takes a ticket only if it
 * is its assignee's or of a department that its user sees.
 */
export interface TicketUpdated {
  ticket: TicketView;
}
/**
 * One event of the log as it travels in `events`.
 */
export interface LogItem {
  at: string;
  data: {
    [k: string]: unknown;
  };
  seq: number;
  type: string;
}
/**
 * RFC 9457, as REST answers it; `code` is what programs match on.
 */
export interface Problem {
  code: string;
  detail?: string | null;
  status: number;
  title: string;
  type: string;
  [k: string]: unknown;
}
