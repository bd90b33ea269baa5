// Generated from generated/openapi.json by scripts/generate-types.mjs. Do not edit.

export type JsonValue = unknown;
export type Role = "admin" | "supervisor" | "operator";

export interface Models {
  ActionParameter: ActionParameter;
  BodyComponent: BodyComponent;
  Body_upload_media: BodyUploadMedia;
  ButtonComponent: ButtonComponent;
  ButtonPrompt: ButtonPrompt;
  CardEntry: CardEntry;
  CardOrganization: CardOrganization;
  CardPhone: CardPhone;
  CardUrl: CardUrl;
  CarouselCard: CarouselCard;
  CarouselComponent: CarouselComponent;
  CloseBody: CloseBody;
  ConnectNumberBody: ConnectNumberBody;
  ConnectedNumberView: ConnectedNumberView;
  ContactBody: ContactBody;
  ContactCard: ContactCard;
  ContactView: ContactView;
  ConversationView: ConversationView;
  CouponCodeParameter: CouponCodeParameter;
  CtaUrlPrompt: CtaUrlPrompt;
  CurrencyParameter: CurrencyParameter;
  DateTimeParameter: DateTimeParameter;
  DepartmentView: DepartmentView;
  FlowPrompt: FlowPrompt;
  HeaderComponent: HeaderComponent;
  JsonValue: JsonValue;
  LimitedTimeOfferComponent: LimitedTimeOfferComponent;
  ListPrompt: ListPrompt;
  ListRow: ListRow;
  ListSection: ListSection;
  LocationContent: LocationContent;
  LocationParameter: LocationParameter;
  LocationRequestPrompt: LocationRequestPrompt;
  MediaContent: MediaContent;
  MediaHeader: MediaHeader;
  MediaParameter: MediaParameter;
  MediaView: MediaView;
  MemberView: MemberView;
  MessageContext: MessageContext;
  MessageError: MessageError;
  MessageListView: MessageListView;
  MessageResult: MessageResult;
  MessageView: MessageView;
  NumberUpdateView: NumberUpdateView;
  NumberView: NumberView;
  OutgoingContacts: OutgoingContacts;
  OutgoingTemplate: OutgoingTemplate;
  PayloadParameter: PayloadParameter;
  Problem: Problem;
  ProductParameter: ProductParameter;
  ProductPrompt: ProductPrompt;
  QuotedMessage: QuotedMessage;
  ReactionContent: ReactionContent;
  ReactionView: ReactionView;
  ReplyButton: ReplyButton;
  RetryBody: RetryBody;
  Role: Role;
  SendMessageBody: SendMessageBody;
  SessionAccount: SessionAccount;
  SessionUser: SessionUser;
  SessionView: SessionView;
  SetAvailability: SetAvailability;
  SignInBody: SignInBody;
  SignedInView: SignedInView;
  TextContent: TextContent;
  TextHeader: TextHeader;
  TextParameter: TextParameter;
  TicketCounts: TicketCounts;
  TicketListView: TicketListView;
  TicketPreview: TicketPreview;
  TicketView: TicketView;
  TransferBody: TransferBody;
}
/**
 * Flow, catalogue and multi-product buttons: Graph's action object as it is.
 */
export interface ActionParameter {
  action: {
    [k: string]: JsonValue;
  };
  type?: "action";
}
export interface BodyComponent {
  parameters: (TextParameter | CurrencyParameter | DateTimeParameter)[];
  type?: "body";
}
export interface TextParameter {
  parameter_name?: string | null;
  text: string;
  type?: "text";
}
export interface CurrencyParameter {
  amount_1000: number;
  currency: string;
  fallback_value: string;
  type?: "currency";
}
export interface DateTimeParameter {
  fallback_value: string;
  type?: "date_time";
}
export interface BodyUploadMedia {
  file: string;
  kind?: ("image" | "video" | "audio" | "document" | "sticker") | null;
  voice?: boolean;
}
export interface ButtonComponent {
  index: number;
  parameters?: (TextParameter | PayloadParameter | CouponCodeParameter | ActionParameter)[];
  sub_type: "url" | "quick_reply" | "copy_code" | "flow" | "catalog" | "mpm" | "spm" | "voice_call";
  type?: "button";
}
export interface PayloadParameter {
  payload: string;
  type?: "payload";
}
export interface CouponCodeParameter {
  coupon_code: string;
  type?: "coupon_code";
}
/**
 * Up to three buttons under a text.
 */
export interface ButtonPrompt {
  body: string;
  buttons: ReplyButton[];
  footer?: string | null;
  header?: (TextHeader | MediaHeader) | null;
  kind?: "interactive";
  type?: "button";
}
export interface ReplyButton {
  id: string;
  title: string;
}
export interface TextHeader {
  text: string;
  type?: "text";
}
export interface MediaHeader {
  file_name?: string | null;
  media_id: string;
  type: "image" | "video" | "document";
}
export interface CardEntry {
  type?: string | null;
  value: string;
}
export interface CardOrganization {
  company?: string | null;
  department?: string | null;
  title?: string | null;
}
export interface CardPhone {
  phone: string;
  type?: string | null;
  wa_id?: string | null;
}
export interface CardUrl {
  type?: string | null;
  value: string;
}
export interface CarouselCard {
  components: (HeaderComponent | BodyComponent | ButtonComponent)[];
}
export interface HeaderComponent {
  parameters: (TextParameter | MediaParameter | LocationParameter | ProductParameter)[];
  type?: "header";
}
export interface MediaParameter {
  file_name?: string | null;
  media_id: string;
  type: "image" | "video" | "document";
}
export interface LocationParameter {
  address?: string | null;
  latitude: number;
  longitude: number;
  name?: string | null;
  type?: "location";
}
export interface ProductParameter {
  catalog_id: string;
  product_id: string;
  type?: "product";
}
export interface CarouselComponent {
  cards: CarouselCard[];
  type?: "carousel";
}
export interface CloseBody {
  reason?: string | null;
}
/**
 * What Meta shows in the app's WhatsApp settings.
 */
export interface ConnectNumberBody {
  access_token: string;
  app_secret: string;
  default_department_id: string;
  display_phone_number: string;
  messages_per_second?: number;
  name: string;
  phone_number_id: string;
  waba_id: string;
}
/**
 * A number just connected, with what has to be entered at Meta: shown once, to an admin.
 */
export interface ConnectedNumberView {
  number: NumberView;
  verify_token: string;
  webhook_path: string;
}
export interface NumberView {
  default_department_id: string;
  display_phone_number: string;
  id: string;
  last_webhook_at: string | null;
  messages_per_second: number;
  name: string;
  phone_number_id: string;
  version: number;
  waba_id: string;
}
export interface ContactBody {
  name: string;
}
/**
 * The same shape as in inbound content, so that a received card can be sent on.
 */
export interface ContactCard {
  birthday?: string | null;
  emails?: CardEntry[];
  first_name?: string | null;
  last_name?: string | null;
  name: string;
  org?: CardOrganization | null;
  phones?: CardPhone[];
  urls?: CardUrl[];
}
/**
 * A customer as lists and headers show them.
 */
export interface ContactView {
  id: string;
  name: string;
  phone: string | null;
  profile_name: string;
  username: string | null;
  wa_id: string | null;
}
/**
 * A conversation with all that its header and side panel show.
 */
export interface ConversationView {
  contact: ContactView;
  current_ticket: TicketView | null;
  id: string;
  last_inbound_at: string | null;
  number: NumberView;
  tickets: TicketView[];
  window_expires_at: string | null;
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
/**
 * One button that opens a page.
 */
export interface CtaUrlPrompt {
  body: string;
  display_text: string;
  footer?: string | null;
  header?: (TextHeader | MediaHeader) | null;
  kind?: "interactive";
  type?: "cta_url";
  url: string;
}
export interface DepartmentView {
  color: string;
  id: string;
  name: string;
  position: number;
}
/**
 * Opens a WhatsApp Flow (a form).
 */
export interface FlowPrompt {
  body: string;
  data?: {
    [k: string]: JsonValue;
  } | null;
  flow_action?: ("navigate" | "data_exchange") | null;
  flow_cta: string;
  flow_id?: string | null;
  flow_name?: string | null;
  flow_token?: string | null;
  footer?: string | null;
  header?: (TextHeader | MediaHeader) | null;
  kind?: "interactive";
  mode?: ("draft" | "published") | null;
  screen?: string | null;
  type?: "flow";
}
export interface LimitedTimeOfferComponent {
  expiration_time_ms: number;
  type?: "limited_time_offer";
}
/**
 * A menu that opens: ten rows in all, in up to ten sections.
 */
export interface ListPrompt {
  body: string;
  button: string;
  footer?: string | null;
  header?: TextHeader | null;
  kind?: "interactive";
  sections: ListSection[];
  type?: "list";
}
export interface ListSection {
  rows: ListRow[];
  title?: string | null;
}
export interface ListRow {
  description?: string | null;
  id: string;
  title: string;
}
export interface LocationContent {
  address?: string | null;
  kind: "location";
  latitude: number;
  longitude: number;
  name?: string | null;
}
/**
 * A button with which the customer shares where they are.
 */
export interface LocationRequestPrompt {
  body: string;
  kind?: "interactive";
  type?: "location_request_message";
}
export interface MediaContent {
  caption?: string | null;
  kind: "image" | "video" | "audio" | "document" | "sticker";
  media_id: string;
  voice?: boolean;
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
/**
 * A person of the account.
 */
export interface MemberView {
  availability: "online" | "paused" | "offline";
  availability_since: string;
  department_ids: string[];
  email: string;
  id: string;
  name: string;
  pause_reason: string | null;
  role: Role;
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
export interface MessageListView {
  items: MessageView[];
  next_before: string | null;
  seq: number;
}
export interface MessageView {
  at: string;
  author_id: string | null;
  author_kind: "contact" | "user" | "bot" | "system" | "phone";
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
export interface ReactionView {
  emoji: string;
  reactor: string;
}
export interface MessageResult {
  message: MessageView;
}
/**
 * What Meta told about a number or its WhatsApp Business account (quality, limits, templates, …), as it came.
 */
export interface NumberUpdateView {
  at: string | null;
  field: string;
  id: string;
  received_at: string;
  value: unknown;
  whole_account: boolean;
}
export interface OutgoingContacts {
  contacts: ContactCard[];
  kind?: "contacts";
}
/**
 * An approved template in one language.
 */
export interface OutgoingTemplate {
  components?: (
    HeaderComponent | BodyComponent | ButtonComponent | LimitedTimeOfferComponent | CarouselComponent
  )[];
  kind?: "template";
  language: string;
  name: string;
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
/**
 * One product of the catalogue; WhatsApp draws it, so there is no header.
 */
export interface ProductPrompt {
  body?: string | null;
  catalog_id: string;
  footer?: string | null;
  kind?: "interactive";
  product_id: string;
  type?: "product";
}
export interface ReactionContent {
  emoji: string;
  kind: "reaction";
  message_id: string;
}
export interface RetryBody {
  even_if_unconfirmed?: boolean;
}
export interface SendMessageBody {
  client_message_id: string;
  content:
    | (TextContent | MediaContent | LocationContent | ReactionContent | OutgoingContacts | OutgoingTemplate)
    | (ButtonPrompt | ListPrompt | CtaUrlPrompt | LocationRequestPrompt | FlowPrompt | ProductPrompt);
  reply_to_message_id?: string | null;
}
export interface TextContent {
  body: string;
  kind?: "text";
}
export interface SessionAccount {
  brand_color: string | null;
  id: string;
  locale: string;
  name: string;
  time_zone: string;
}
export interface SessionUser {
  email: string;
  id: string;
  locale: string;
  name: string;
}
/**
 * Who is signed in, to which account, and what they may see.
 */
export interface SessionView {
  account: SessionAccount;
  department_ids: string[];
  role: Role;
  user: SessionUser;
}
export interface SetAvailability {
  availability: "online" | "paused" | "offline";
  pause_reason?: string | null;
}
export interface SignInBody {
  email: string;
  password: string;
}
export interface SignedInView {
  access_token: string;
  expires_in: number;
  session: SessionView;
  token_type?: "bearer";
}
/**
 * Of open tickets that the asker may see. Closed ones are not counted: there are too many, and nobody asks.
 */
export interface TicketCounts {
  all: number;
  bot: number;
  mine: number;
  mine_unread: number;
  queue: number;
}
export interface TicketListView {
  counts: TicketCounts;
  items: TicketView[];
  next_cursor: string | null;
}
/**
 * To a department's queue, or to a person of it.
 */
export interface TransferBody {
  assignee_id?: string | null;
  department_id: string;
  note?: string | null;
}
