// Generated from generated/openapi.json by scripts/generate-types.mjs. Do not edit.

/**
 * `accounts.state`; what each means is accounts/lifecycle.
 */
export type AccountState = "active" | "suspended" | "closing" | "closed";
export type JsonValue = unknown;
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
export type AuditActor = "user" | "api_key" | "system" | "anonymous";
export type Fault = "changed" | "missing" | "cut" | "head" | "anchor";
/**
 * `memberships.role`. What a role may do is its permissions; only `custom` has them in a table.
 */
export type Role = "admin" | "supervisor" | "operator" | "client" | "custom";
export type ExportKind = "contact" | "audit" | "account";

export interface Models {
  AcceptInvitationBody: AcceptInvitationBody;
  AccountChanges: AccountChanges;
  AccountHealth: AccountHealth;
  AccountState: AccountState;
  AccountView: AccountView;
  ActionParameter: ActionParameter;
  AddPasskeyBody: AddPasskeyBody;
  AddedPasskeyView: AddedPasskeyView;
  ApiKeyView: ApiKeyView;
  AuditAccount: AuditAccount;
  AuditActor: AuditActor;
  AuditEntryView: AuditEntryView;
  AuditExportBody: AuditExportBody;
  AuditFilters: AuditFilters;
  AuditPageView: AuditPageView;
  AuditWho: AuditWho;
  Banner: Banner;
  BodyComponent: BodyComponent;
  Body_put_logo: BodyPutLogo;
  Body_upload_media: BodyUploadMedia;
  BrokenPlace: BrokenPlace;
  BusinessHours: BusinessHours;
  ButtonComponent: ButtonComponent;
  ButtonPrompt: ButtonPrompt;
  CardEntry: CardEntry;
  CardOrganization: CardOrganization;
  CardPhone: CardPhone;
  CardUrl: CardUrl;
  CarouselCard: CarouselCard;
  CarouselComponent: CarouselComponent;
  CertificateSubject: CertificateSubject;
  ChallengeBody: ChallengeBody;
  ChangeApiKeyBody: ChangeApiKeyBody;
  ChangeDepartmentBody: ChangeDepartmentBody;
  ChangeMemberBody: ChangeMemberBody;
  ChangePasswordBody: ChangePasswordBody;
  ChangeRoleBody: ChangeRoleBody;
  CloseAccountBody: CloseAccountBody;
  CloseBody: CloseBody;
  ConfirmEnrolmentBody: ConfirmEnrolmentBody;
  ConnectNumberBody: ConnectNumberBody;
  ConnectedNumberView: ConnectedNumberView;
  ConsentBody: ConsentBody;
  ConsentView: ConsentView;
  ContactBody: ContactBody;
  ContactCard: ContactCard;
  ContactConsents: ContactConsents;
  ContactView: ContactView;
  ContentSealing: ContentSealing;
  ConversationView: ConversationView;
  CouponCodeParameter: CouponCodeParameter;
  CreateApiKeyBody: CreateApiKeyBody;
  CreateDepartmentBody: CreateDepartmentBody;
  CreateRoleBody: CreateRoleBody;
  CtaUrlPrompt: CtaUrlPrompt;
  CurrencyParameter: CurrencyParameter;
  DateTimeParameter: DateTimeParameter;
  DayHours: DayHours;
  DepartmentOrderBody: DepartmentOrderBody;
  DepartmentView: DepartmentView;
  EndedSessionsView: EndedSessionsView;
  EnrolledView: EnrolledView;
  EnrolmentOutcome: EnrolmentOutcome;
  EquationView: EquationView;
  EraseBody: EraseBody;
  ErasureCertificate: ErasureCertificate;
  ErasurePage: ErasurePage;
  ErasureSearch: ErasureSearch;
  ErasureView: ErasureView;
  ExportKind: ExportKind;
  ExportView: ExportView;
  Fault: Fault;
  FlowPrompt: FlowPrompt;
  ForgotBody: ForgotBody;
  HeaderComponent: HeaderComponent;
  Holiday: Holiday;
  ImpersonateBody: ImpersonateBody;
  Impersonator: Impersonator;
  InstallationAccount: InstallationAccount;
  InstallationAccountDetails: InstallationAccountDetails;
  InstallationAccountList: InstallationAccountList;
  InstallationSettings: InstallationSettings;
  Interval: Interval;
  InvitationPreview: InvitationPreview;
  InvitationView: InvitationView;
  InviteAdminBody: InviteAdminBody;
  InviteBody: InviteBody;
  IssuedApiKey: IssuedApiKey;
  JsonValue: JsonValue;
  LegView: LegView;
  LimitedTimeOfferComponent: LimitedTimeOfferComponent;
  ListPrompt: ListPrompt;
  ListRow: ListRow;
  ListSection: ListSection;
  LocationContent: LocationContent;
  LocationParameter: LocationParameter;
  LocationRequestPrompt: LocationRequestPrompt;
  LogEntryView: LogEntryView;
  MailHealthView: MailHealthView;
  MediaContent: MediaContent;
  MediaHeader: MediaHeader;
  MediaParameter: MediaParameter;
  MediaView: MediaView;
  MemberView: MemberView;
  MessageContext: MessageContext;
  MessageError: MessageError;
  MessageListView: MessageListView;
  MessageResult: MessageResult;
  MessageTripView: MessageTripView;
  MessageView: MessageView;
  NewAccount: NewAccount;
  NumberUpdateView: NumberUpdateView;
  NumberUsage: NumberUsage;
  NumberView: NumberView;
  OpenSessionView: OpenSessionView;
  OutgoingContacts: OutgoingContacts;
  OutgoingTemplate: OutgoingTemplate;
  OwnAccount: OwnAccount;
  PasskeyOptionsView: PasskeyOptionsView;
  PasskeyRegistrationView: PasskeyRegistrationView;
  PasskeySignInBody: PasskeySignInBody;
  PasskeyView: PasskeyView;
  PasswordBody: PasswordBody;
  PayloadParameter: PayloadParameter;
  PeopleList: PeopleList;
  Permission: Permission;
  PermissionView: PermissionView;
  PersonAccount: PersonAccount;
  PersonView: PersonView;
  PlanBody: PlanBody;
  PlanLimits: PlanLimits;
  PlanView: PlanView;
  PrivacyPolicyBody: PrivacyPolicyBody;
  PrivacyPolicyView: PrivacyPolicyView;
  Problem: Problem;
  ProductParameter: ProductParameter;
  ProductPrompt: ProductPrompt;
  ProductView: ProductView;
  ProfileBody: ProfileBody;
  ProofMinute: ProofMinute;
  ProofView: ProofView;
  ProofWindow: ProofWindow;
  QuotedMessage: QuotedMessage;
  ReactionContent: ReactionContent;
  ReactionView: ReactionView;
  ReasonBody: ReasonBody;
  RecoveryCodesView: RecoveryCodesView;
  ReplyButton: ReplyButton;
  ResetBody: ResetBody;
  RetentionPolicy: RetentionPolicy;
  RetentionPreview: RetentionPreview;
  RetryBody: RetryBody;
  RevealBody: RevealBody;
  RevealedPhone: RevealedPhone;
  Role: Role;
  RoleView: RoleView;
  RotateApiKeyBody: RotateApiKeyBody;
  SecondFactorBody: SecondFactorBody;
  SecondFactorOutcome: SecondFactorOutcome;
  SecondFactorView: SecondFactorView;
  SecurityPolicy: SecurityPolicy;
  SecurityPolicyChange: SecurityPolicyChange;
  SecurityPolicyView: SecurityPolicyView;
  SendMessageBody: SendMessageBody;
  SessionAccount: SessionAccount;
  SessionUser: SessionUser;
  SessionView: SessionView;
  SetAvailability: SetAvailability;
  SignInBody: SignInBody;
  SignedInOutcome: SignedInOutcome;
  SignedInView: SignedInView;
  SwitchAccountBody: SwitchAccountBody;
  SystemLogList: SystemLogList;
  TeamMemberView: TeamMemberView;
  TextContent: TextContent;
  TextHeader: TextHeader;
  TextParameter: TextParameter;
  TicketCounts: TicketCounts;
  TicketListView: TicketListView;
  TicketPreview: TicketPreview;
  TicketView: TicketView;
  TotpCodeBody: TotpCodeBody;
  TotpSetupView: TotpSetupView;
  TransferBody: TransferBody;
  UsageDay: UsageDay;
  UsageView: UsageView;
  Verification: Verification;
  WeekHours: WeekHours;
}
export interface AcceptInvitationBody {
  locale?: string;
  name?: string | null;
  password?: string | null;
}
/**
 * What is left out stays. `version` is the one that was read.
 */
export interface AccountChanges {
  brand_color?: string | null;
  business_hours?: BusinessHours | null;
  locale?: ("pt-BR" | "en") | null;
  name?: string | null;
  time_zone?: string | null;
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
export interface AccountHealth {
  admins: number;
  is_fine: boolean;
  last_inbound_at: string | null;
  members: number;
  numbers: number;
  numbers_not_fine: number;
  outbox_oldest_at: string | null;
  parked_webhooks: number;
}
/**
 * The account as its people see it.
 */
export interface AccountView {
  brand_color: string | null;
  business_hours: BusinessHours;
  can_cancel_closing: boolean;
  created_at: string;
  erase_after: string | null;
  id: string;
  is_open: boolean;
  locale: string;
  logo_url: string | null;
  name: string;
  plan: string;
  slug: string;
  state: AccountState;
  state_reason: string | null;
  state_since: string;
  time_zone: string;
  version: number;
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
export interface AddPasskeyBody {
  attestation: {
    [k: string]: unknown;
  };
  name: string;
}
export interface AddedPasskeyView {
  passkey: PasskeyView;
  recovery_codes: string[];
}
export interface PasskeyView {
  created_at: string;
  id: string;
  last_used_at: string | null;
  name: string;
}
export interface ApiKeyView {
  created_at: string;
  created_by: string;
  created_by_name: string;
  department_ids: string[];
  expires_at: string | null;
  id: string;
  last_used_at: string | null;
  last_used_ip: string | null;
  name: string;
  prefix: string;
  previous_expires_at: string | null;
  revoked_at: string | null;
  rotated_at: string | null;
  scopes: Permission[];
  state: "active" | "expired" | "revoked";
  version: number;
}
export interface AuditAccount {
  id: string;
  name: string;
}
export interface AuditEntryView {
  accounts: AuditAccount[];
  action: string;
  after: {
    [k: string]: unknown;
  } | null;
  at: string;
  before: {
    [k: string]: unknown;
  } | null;
  ip: string | null;
  request_id: string | null;
  seq: number;
  target_id: string;
  target_kind: string;
  target_name: string;
  user_agent: string;
  who: AuditWho;
}
export interface AuditWho {
  id: string | null;
  impersonator_id: string | null;
  impersonator_name: string;
  kind: AuditActor;
  name: string;
}
export interface AuditExportBody {
  filters?: AuditFilters;
  format: "csv" | "jsonl";
}
/**
 * All must hold; an empty one holds always.
 */
export interface AuditFilters {
  action?: string;
  actor_id?: string | null;
  q?: string;
  since?: string | null;
  target_id?: string;
  target_kind?: string;
  until?: string | null;
}
/**
 * Newest first.
 */
export interface AuditPageView {
  items: AuditEntryView[];
  next_cursor: string | null;
}
/**
 * Shown on top of every screen.
 */
export interface Banner {
  level?: "info" | "warning" | "danger";
  text: string;
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
export interface BodyPutLogo {
  file: string;
}
export interface BodyUploadMedia {
  file: string;
  kind?: ("image" | "video" | "audio" | "document" | "sticker") | null;
  voice?: boolean;
}
export interface BrokenPlace {
  fault: Fault;
  seq: number;
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
/**
 * Who was erased, for those who know the phone number or the BSUID; nobody can read it from here.
 */
export interface CertificateSubject {
  algorithm: "HMAC-SHA256";
  contact_id: string;
  hashes: string[];
}
export interface ChallengeBody {
  challenge: string;
}
/**
 * What is not given stays; `expires_at: null` takes the expiry away.
 */
export interface ChangeApiKeyBody {
  department_ids?: string[] | null;
  expires_at?: string | null;
  name?: string | null;
  scopes?: Permission[] | null;
  version: number;
}
/**
 * What is left out stays as it is.
 */
export interface ChangeDepartmentBody {
  archived?: boolean | null;
  color?: string | null;
  name?: string | null;
  position?: number | null;
  version: number;
}
/**
 * What is left out stays as it is; `role` and `role_id` go together.
 */
export interface ChangeMemberBody {
  capacity?: number | null;
  department_ids?: string[] | null;
  role?: Role | null;
  role_id?: string | null;
  version: number;
}
export interface ChangePasswordBody {
  current_password: string;
  new_password: string;
}
/**
 * What is left out stays as it is.
 */
export interface ChangeRoleBody {
  name?: string | null;
  permissions?: Permission[] | null;
  version: number;
}
export interface CloseAccountBody {
  password: string;
  reason: string;
}
export interface CloseBody {
  reason?: string | null;
}
export interface ConfirmEnrolmentBody {
  challenge: string;
  code: string;
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
export interface ConsentBody {
  at?: string | null;
  evidence?: string;
  granted: boolean;
  legal_basis:
    | "consent"
    | "legal_obligation"
    | "public_policy"
    | "research"
    | "contract"
    | "legal_claims"
    | "vital_interest"
    | "health"
    | "legitimate_interest"
    | "credit";
  purpose: string;
  source: "whatsapp" | "form" | "phone" | "email" | "in_person" | "import" | "operator" | "api" | "other";
}
/**
 * One entry of the ledger.
 */
export interface ConsentView {
  at: string;
  evidence: string;
  granted: boolean;
  id: string;
  legal_basis:
    | "consent"
    | "legal_obligation"
    | "public_policy"
    | "research"
    | "contract"
    | "legal_claims"
    | "vital_interest"
    | "health"
    | "legitimate_interest"
    | "credit";
  purpose: string;
  recorded_at: string;
  recorded_by: string | null;
  recorded_by_name: string;
  source: "whatsapp" | "form" | "phone" | "email" | "in_person" | "import" | "operator" | "api" | "other";
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
export interface ContactConsents {
  current: ConsentView[];
  history: ConsentView[];
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
 * How far the encryption of message content has come.
 */
export interface ContentSealing {
  holds_sealed: boolean;
  sealed_rows: number;
  since: string | null;
  state: "off" | "starting" | "catching_up" | "on";
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
export interface CreateApiKeyBody {
  department_ids?: string[];
  expires_at?: string | null;
  name: string;
  scopes: Permission[];
}
export interface CreateDepartmentBody {
  color?: string;
  name: string;
  position?: number | null;
}
export interface CreateRoleBody {
  name: string;
  permissions: Permission[];
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
export interface DepartmentOrderBody {
  department_ids: string[];
}
export interface DepartmentView {
  archived_at: string | null;
  color: string;
  id: string;
  name: string;
  position: number;
  version: number;
}
export interface EndedSessionsView {
  ended: number;
}
export interface EnrolledView {
  access_token: string;
  expires_in: number;
  recovery_codes: string[];
  session: SessionView;
  token_type?: "bearer";
}
/**
 * Who is signed in, to which account, and what they may do.
 */
export interface SessionView {
  account: SessionAccount;
  accounts: OwnAccount[];
  department_ids: string[];
  impersonated_by: Impersonator | null;
  is_super_admin: boolean;
  permissions: Permission[];
  role: Role;
  role_name: string | null;
  second_factor: boolean;
  user: SessionUser;
}
export interface SessionAccount {
  brand_color: string | null;
  id: string;
  locale: string;
  logo_url: string | null;
  name: string;
  state: "active" | "suspended" | "closing" | "closed";
  time_zone: string;
}
/**
 * An account that the person belongs to, and may switch to when it is active or closing.
 */
export interface OwnAccount {
  id: string;
  name: string;
  role: Role;
  state: "active" | "suspended" | "closing" | "closed";
}
export interface Impersonator {
  id: string;
  name: string;
  reason: string;
}
export interface SessionUser {
  email: string;
  id: string;
  locale: string;
  name: string;
}
/**
 * The role demands a second factor: set one up with POST /v1/auth/enrolment/totp.
 */
export interface EnrolmentOutcome {
  challenge: string;
  expires_in: number;
  outcome?: "enrolment_required";
}
/**
 * left = right, or what the gap between them is made of.
 */
export interface EquationView {
  gap: number;
  left: number;
  name: "received" | "announced" | "numbered" | "published" | "relayed" | "acknowledged";
  right: number;
  state: "equal" | "under_way" | "explained" | "alarm";
  under_way: number;
  unreported: number;
}
export interface EraseBody {
  confirm_name: string;
  reason: string;
}
/**
 * What was erased, when, on whose word. Authenticated: `mac` covers everything above it.
 */
export interface ErasureCertificate {
  account_id: string;
  account_name: string;
  done_at: string;
  id: string;
  kept: string[];
  legal_basis: string;
  mac: string;
  not_covered: string[];
  reason: string;
  removed: {
    [k: string]: number;
  };
  requested_at: string;
  requested_by: string | null;
  requested_by_name: string;
  subject: CertificateSubject;
}
export interface ErasurePage {
  items: ErasureView[];
  next_cursor: string | null;
}
export interface ErasureView {
  contact_id: string;
  done_at: string | null;
  id: string;
  reason: string;
  removed: {
    [k: string]: number;
  };
  requested_at: string;
  requested_by: string | null;
  requested_by_name: string;
  state: "pending" | "done" | "failed";
}
export interface ErasureSearch {
  identity: string;
}
export interface ExportView {
  created_at: string;
  error: string | null;
  expires_at: string | null;
  file_name: string;
  id: string;
  kind: ExportKind;
  mime_type: string;
  ready_at: string | null;
  requested_by: string;
  requested_by_name: string;
  size: number | null;
  state: "pending" | "ready" | "failed" | "expired";
  subject_id: string | null;
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
export interface ForgotBody {
  email: string;
}
export interface ImpersonateBody {
  reason: string;
  user_id: string;
}
/**
 * An account as the super admin sees it.
 */
export interface InstallationAccount {
  closing_by: ("account" | "installation") | null;
  created_at: string;
  erase_after: string | null;
  erased_at: string | null;
  health: AccountHealth;
  id: string;
  is_home: boolean;
  locale: string;
  name: string;
  plan: string;
  slug: string;
  state: AccountState;
  state_reason: string | null;
  state_since: string;
  time_zone: string;
}
export interface InstallationAccountDetails {
  closing_by: ("account" | "installation") | null;
  created_at: string;
  erase_after: string | null;
  erased_at: string | null;
  health: AccountHealth;
  id: string;
  is_home: boolean;
  locale: string;
  name: string;
  plan: string;
  slug: string;
  state: AccountState;
  state_reason: string | null;
  state_since: string;
  time_zone: string;
  usage: UsageView;
}
export interface UsageView {
  at: string;
  counts_stop_at: number;
  days: UsageDay[];
  limits: PlanLimits;
  members: number;
  numbers: NumberUsage[];
  open_tickets: number;
  outbox_oldest_at: string | null;
  outbox_waiting: number;
  parked_webhooks: number;
  plan: string;
  queued_tickets: number;
  storage_at: string;
  storage_bytes: number;
}
export interface UsageDay {
  api_requests: number;
  day: string;
  messages_in: number;
  messages_out: number;
}
/**
 * What a plan has room for.
 */
export interface PlanLimits {
  api_keys: number;
  departments: number;
  key_requests_per_minute: number;
  members: number;
  number_sends_per_minute: number;
  numbers: number;
  roles: number;
  storage_bytes: number;
  upload_bytes: number;
  user_requests_per_minute: number;
}
export interface NumberUsage {
  display_phone_number: string;
  id: string;
  is_fine: boolean;
  last_webhook_at: string | null;
  name: string;
  state: "receiving" | "quiet" | "never";
}
export interface InstallationAccountList {
  items: InstallationAccount[];
  next_cursor: string | null;
}
export interface InstallationSettings {
  banner?: Banner | null;
  default_plan?: string;
  password_minimum?: number;
  product_name?: string;
  session_days?: number | null;
  support_contact?: string;
}
/**
 * What the invited person sees before accepting.
 */
export interface InvitationPreview {
  account_name: string;
  brand_color: string | null;
  email: string;
  expires_at: string;
  invited_by_name: string;
  is_registered: boolean;
  name: string;
  role: Role;
  role_name: string;
}
/**
 * Somebody who was invited and has not come yet.
 */
export interface InvitationView {
  created_at: string;
  department_ids: string[];
  email: string;
  expires_at: string;
  id: string;
  invited_by: string;
  name: string;
  role: Role;
  role_id: string | null;
  role_name: string;
  state: "pending" | "expired";
}
export interface InviteAdminBody {
  email: string;
  name?: string;
}
export interface InviteBody {
  department_ids?: string[];
  email: string;
  name?: string;
  role: Role;
  role_id?: string | null;
}
export interface IssuedApiKey {
  api_key: ApiKeyView;
  key: string;
}
export interface LegView {
  count: number;
  leg: "store" | "push" | "paint" | "whole";
  p50_ms: number | null;
  p99_ms: number | null;
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
export interface LogEntryView {
  at: string;
  event: string;
  fields: {
    [k: string]: unknown;
  };
  id: string;
  level: "warning" | "error" | "critical";
  process: string;
}
export interface MailHealthView {
  failed: number;
  has_server: boolean;
  last_error: string | null;
  oldest_waiting_at: string | null;
  waiting: number;
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
export interface ReactionView {
  emoji: string;
  reactor: string;
}
export interface MessageResult {
  message: MessageView;
}
/**
 * When a message passed each station, on the servers' clocks; null: it has not, or nobody measured.
 */
export interface MessageTripView {
  message_id: string;
  paint_ms: number | null;
  painted_at: string | null;
  push_ms: number | null;
  pushed_at: string | null;
  received_at: string | null;
  store_ms: number | null;
  stored_at: string;
  whole_ms: number | null;
}
/**
 * A company, and whom to invite as its first admin.
 */
export interface NewAccount {
  admin_email: string;
  admin_name?: string;
  locale?: "pt-BR" | "en";
  name: string;
  plan?: string | null;
  time_zone?: string;
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
/**
 * A browser that is signed in. Empty strings for what its user agent does not tell.
 */
export interface OpenSessionView {
  browser: string;
  created_at: string;
  current: boolean;
  device: string;
  id: string;
  ip: string | null;
  last_seen_at: string;
  os: string;
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
export interface PasskeyOptionsView {
  challenge: string;
  publicKey: {
    [k: string]: unknown;
  };
}
export interface PasskeyRegistrationView {
  publicKey: {
    [k: string]: unknown;
  };
}
export interface PasskeySignInBody {
  assertion: {
    [k: string]: unknown;
  };
  challenge: string;
}
export interface PasswordBody {
  password: string;
}
export interface PeopleList {
  items: PersonView[];
  next_cursor: string | null;
}
export interface PersonView {
  accounts: PersonAccount[];
  created_at: string;
  disabled_at: string | null;
  email: string;
  id: string;
  is_super_admin: boolean;
  last_seen_at: string | null;
  locale: string;
  name: string;
  second_factor: boolean;
}
export interface PersonAccount {
  id: string;
  name: string;
  role: Role;
  state: AccountState;
}
export interface PermissionView {
  group: "inbox" | "contacts" | "company" | "security" | "reports";
  name: Permission;
}
export interface PlanBody {
  plan: string;
}
export interface PlanView {
  limits: PlanLimits;
  name: string;
}
export interface PrivacyPolicyBody {
  content_sealing?: ContentSealing | null;
  encrypt_content?: boolean;
  mask_phones?: boolean;
  retention?: RetentionPolicy;
  version: number;
}
/**
 * Days after which a kind of data goes; None keeps it. Of files and messages counted from the closing of their ticket,
 * of contacts and fields from the last message.
 */
export interface RetentionPolicy {
  contact_fields_days?: {
    [k: string]: number;
  };
  contacts_days?: number | null;
  media_days?: number | null;
  messages_days?: number | null;
}
export interface PrivacyPolicyView {
  content_sealing: ContentSealing;
  encrypt_content?: boolean;
  mask_phones?: boolean;
  retention?: RetentionPolicy;
  version: number;
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
/**
 * What everybody may know, signed in or not.
 */
export interface ProductView {
  banner: Banner | null;
  password_minimum: number;
  product_name: string;
  support_contact: string;
}
/**
 * What is left out stays as it is.
 */
export interface ProfileBody {
  locale?: string | null;
  name?: string | null;
}
export interface ProofMinute {
  minute: string;
  p50_ms: number | null;
  p99_ms: number | null;
  pushed: number;
  received: number;
}
/**
 * Is everything that came in on the screens, and how fast.
 */
export interface ProofView {
  at: string;
  counts_stop_at: number;
  minutes: ProofMinute[];
  parked_waiting: number;
  processes: number;
  state: "equal" | "under_way" | "explained" | "alarm";
  today: ProofWindow;
  trips_per_second: number;
  week: ProofWindow;
}
/**
 * Everything since a moment.
 */
export interface ProofWindow {
  acknowledged: number;
  announced: number;
  dropped: number;
  ended: number;
  equations: EquationView[];
  found: number;
  legs: LegView[];
  messages: number;
  numbered: number;
  parked: number;
  published: number;
  pushed: number;
  received: number;
  repeated: number;
  since: string;
  stored: number;
}
export interface ReactionContent {
  emoji: string;
  kind: "reaction";
  message_id: string;
}
export interface ReasonBody {
  reason: string;
}
export interface RecoveryCodesView {
  recovery_codes: string[];
}
export interface ResetBody {
  password: string;
  token: string;
}
/**
 * What the next runs would remove, were the rules these.
 */
export interface RetentionPreview {
  as_of: string;
  contacts: number;
  fields: {
    [k: string]: number;
  };
  file_bytes: number;
  files: number;
  is_capped: boolean;
  messages: number;
}
export interface RetryBody {
  even_if_unconfirmed?: boolean;
}
export interface RevealBody {
  field: "phone";
  reason?: string | null;
}
export interface RevealedPhone {
  phone: string;
  wa_id: string;
}
/**
 * A built-in role (`role_id` null), or one of the account's own.
 */
export interface RoleView {
  may_assign: boolean;
  member_count: number;
  name: string;
  permissions: Permission[];
  role: Role;
  role_id: string | null;
  version: number;
}
export interface RotateApiKeyBody {
  overlap_hours?: number;
}
export interface SecondFactorBody {
  assertion?: {
    [k: string]: unknown;
  } | null;
  challenge: string;
  code?: string;
  method: "totp" | "passkey" | "recovery_code";
}
/**
 * Answer the challenge with POST /v1/auth/second-factor.
 */
export interface SecondFactorOutcome {
  challenge: string;
  expires_in: number;
  methods: ("totp" | "passkey" | "recovery_code")[];
  outcome?: "second_factor";
}
export interface SecondFactorView {
  is_mandatory: boolean;
  passkeys: number;
  recovery_codes_left: number;
  totp_since: string | null;
}
export interface SecurityPolicy {
  allowed_origins?: string[];
  api_networks?: string[];
  second_factor_roles?: string[];
  sign_in_networks?: string[];
}
export interface SecurityPolicyChange {
  policy: SecurityPolicy;
  version: number;
}
export interface SecurityPolicyView {
  policy: SecurityPolicy;
  version: number;
  your_address: string | null;
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
export interface SetAvailability {
  availability: "online" | "paused" | "offline";
  pause_reason?: string | null;
}
export interface SignInBody {
  email: string;
  password: string;
}
export interface SignedInOutcome {
  access_token: string;
  expires_in: number;
  outcome?: "signed_in";
  session: SessionView;
  token_type?: "bearer";
}
export interface SignedInView {
  access_token: string;
  expires_in: number;
  session: SessionView;
  token_type?: "bearer";
}
export interface SwitchAccountBody {
  account_id: string;
}
export interface SystemLogList {
  items: LogEntryView[];
  next_cursor: string | null;
}
/**
 * A person as those who manage people see them.
 */
export interface TeamMemberView {
  joined_at: string;
  last_seen_at: string | null;
  member: MemberView;
  second_factor: boolean;
  state: "active" | "disabled";
}
/**
 * Of open tickets that the asker may see; 1000 means 1000 or more. Closed ones are not counted: there are too many, and
 * nobody asks.
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
export interface TotpCodeBody {
  code: string;
}
export interface TotpSetupView {
  otpauth_uri: string;
  qr_svg: string;
  secret: string;
}
/**
 * To a department's queue, or to a person of it.
 */
export interface TransferBody {
  assignee_id?: string | null;
  department_id: string;
  note?: string | null;
}
/**
 * What checking a chain from its first entry to its head has found.
 */
export interface Verification {
  broken: BrokenPlace[];
  entries: number;
  first_broken_seq: number | null;
  head_mac: string;
  head_seq: number;
  is_whole: boolean;
}
