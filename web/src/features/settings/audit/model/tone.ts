import {
  Building2,
  Download,
  FileCheck,
  Fingerprint,
  HandHelping,
  KeyRound,
  KeySquare,
  Layers,
  LogIn,
  Phone,
  ScrollText,
  ShieldAlert,
  ShieldCheck,
  UserRound,
  UsersRound,
  UserRoundPlus,
  type LucideIcon,
} from "lucide-react";

const ICONS: Partial<Record<string, LucideIcon>> = {
  session: LogIn,
  sign_in: LogIn,
  password: KeyRound,
  second_factor: Fingerprint,
  user: UserRound,
  person: UserRound,
  super_admin: UserRound,
  member: UsersRound,
  invitation: UserRoundPlus,
  role: ShieldCheck,
  department: Layers,
  number: Phone,
  contact: UserRound,
  consent: HandHelping,
  privacy: ShieldCheck,
  security_policy: ShieldCheck,
  api_key: KeySquare,
  export: Download,
  account: Building2,
  audit: FileCheck,
};

/** Refusals, and what somebody who watches over an account wants to see among a hundred other lines. */
const GRAVE: readonly string[] = [
  "session.reuse_detected",
  "session.impersonation_began",
  "contact.phone_revealed",
  "contact.erased",
  "contact.erasure_requested",
  "member.removed",
  "member.second_factor_reset",
  "second_factor.removed",
  "account.closing_began",
  "account.suspended",
];

export type Tone = "plain" | "grave" | "refused";

export function toneOf(action: string): Tone {
  if (action.endsWith("refused") || action.endsWith("failed")) return "refused";
  return GRAVE.includes(action) ? "grave" : "plain";
}

export function iconOf(action: string): LucideIcon {
  if (toneOf(action) === "refused") return ShieldAlert;
  return ICONS[action.slice(0, action.indexOf("."))] ?? ScrollText;
}
