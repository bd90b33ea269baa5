/**
 * The pages of /settings, in the order of their navigation. A page is one lazy component of features/settings/<area>/ and
 * one line here; its texts are a namespace of app/languages/texts.ts.
 */
import {
  Activity,
  BadgeCheck,
  Building,
  Building2,
  Contact,
  Download,
  EyeOff,
  FileClock,
  HeartPulse,
  KeyRound,
  MonitorSmartphone,
  Network,
  Plug,
  ScrollText,
  ShieldCheck,
  ShieldHalf,
  SlidersHorizontal,
  Smartphone,
  UserRound,
  UsersRound,
  type LucideIcon,
} from "lucide-react";
import type { ComponentType } from "react";
import type { Permission, SessionView } from "@/lib/wire/openapi.gen";

export const SETTINGS_GROUPS = ["personal", "company", "installation"] as const;
export type SettingsGroup = (typeof SETTINGS_GROUPS)[number];

export interface SettingsPageEntry {
  /** The last part of its address and its name in settings:nav. */
  id: SettingsPageId;
  group: SettingsGroup;
  icon: LucideIcon;
  /** Who sees it: everybody (null), whoever may do one of these, or whoever runs the installation. */
  needs: readonly Permission[] | "super_admin" | null;
  /** Namespaces beside "settings" and "forms". */
  texts?: readonly string[];
  load: () => Promise<{ default: ComponentType }>;
}

export type SettingsPageId =
  | "profile"
  | "security"
  | "sessions"
  | "company"
  | "people"
  | "roles"
  | "departments"
  | "numbers"
  | "api-keys"
  | "account-security"
  | "privacy"
  | "audit"
  | "usage"
  | "proof"
  | "exports"
  | "installation-accounts"
  | "installation-people"
  | "installation-health"
  | "installation-audit"
  | "installation-settings";

export const SETTINGS_PAGES: readonly SettingsPageEntry[] = [
  {
    id: "profile",
    group: "personal",
    icon: UserRound,
    needs: null,
    load: () => import("@/features/settings/profile/profile-page"),
  },
  {
    id: "security",
    group: "personal",
    icon: KeyRound,
    needs: null,
    load: () => import("@/features/settings/security/security-page"),
  },
  {
    id: "sessions",
    group: "personal",
    icon: MonitorSmartphone,
    needs: null,
    load: () => import("@/features/settings/sessions/sessions-page"),
  },
  {
    id: "company",
    group: "company",
    icon: Building2,
    needs: ["account.manage"],
    texts: ["company"],
    load: () => import("@/features/settings/company/company-page"),
  },
  {
    id: "people",
    group: "company",
    icon: UsersRound,
    needs: ["people.manage"],
    texts: ["people", "permissions"],
    load: () => import("@/features/settings/people/people-page"),
  },
  {
    id: "roles",
    group: "company",
    icon: ShieldHalf,
    needs: ["roles.manage", "people.manage"],
    texts: ["roles", "permissions"],
    load: () => import("@/features/settings/roles/roles-page"),
  },
  {
    id: "departments",
    group: "company",
    icon: Network,
    needs: ["departments.manage"],
    texts: ["departments"],
    load: () => import("@/features/settings/departments/departments-page"),
  },
  {
    id: "numbers",
    group: "company",
    icon: Smartphone,
    needs: ["numbers.manage"],
    texts: ["numbers"],
    load: () => import("@/features/settings/numbers/numbers-page"),
  },
  {
    id: "api-keys",
    group: "company",
    icon: Plug,
    needs: ["api_keys.manage"],
    texts: ["apiKeys", "permissions"],
    load: () => import("@/features/settings/api-keys/api-keys-page"),
  },
  {
    id: "account-security",
    group: "company",
    icon: ShieldCheck,
    needs: ["security.manage"],
    texts: ["accountSecurity"],
    load: () => import("@/features/settings/account-security/account-security-page"),
  },
  {
    id: "privacy",
    group: "company",
    icon: EyeOff,
    needs: ["privacy.manage"],
    texts: ["privacy", "exports"],
    load: () => import("@/features/settings/privacy/privacy-page"),
  },
  {
    id: "audit",
    group: "company",
    icon: FileClock,
    needs: ["audit.view"],
    texts: ["audit", "exports", "permissions"],
    load: () => import("@/features/settings/audit/audit-page"),
  },
  {
    id: "usage",
    group: "company",
    icon: Activity,
    needs: ["reports.view"],
    texts: ["usage"],
    load: () => import("@/features/settings/usage/usage-page"),
  },
  {
    id: "proof",
    group: "company",
    icon: BadgeCheck,
    needs: ["audit.view"],
    texts: ["proof"],
    load: () => import("@/features/settings/proof/proof-page"),
  },
  {
    id: "exports",
    group: "company",
    icon: Download,
    needs: ["account.manage", "audit.view", "privacy.manage"],
    texts: ["exports"],
    load: () => import("@/features/settings/exports/exports-page"),
  },
  {
    id: "installation-accounts",
    group: "installation",
    icon: Building,
    needs: "super_admin",
    texts: ["usage", "installation"],
    load: () => import("@/features/settings/installation/accounts/accounts-page"),
  },
  {
    id: "installation-people",
    group: "installation",
    icon: Contact,
    needs: "super_admin",
    texts: ["installation"],
    load: () => import("@/features/settings/installation/people/installation-people-page"),
  },
  {
    id: "installation-health",
    group: "installation",
    icon: HeartPulse,
    needs: "super_admin",
    texts: ["installation"],
    load: () => import("@/features/settings/installation/health/health-page"),
  },
  {
    id: "installation-audit",
    group: "installation",
    icon: ScrollText,
    needs: "super_admin",
    texts: ["audit", "installation"],
    load: () => import("@/features/settings/installation/audit/installation-audit-page"),
  },
  {
    id: "installation-settings",
    group: "installation",
    icon: SlidersHorizontal,
    needs: "super_admin",
    texts: ["usage", "installation"],
    load: () => import("@/features/settings/installation/settings/installation-settings-page"),
  },
];

export function maySee(page: SettingsPageEntry, session: SessionView): boolean {
  if (page.needs === null) return true;
  if (page.needs === "super_admin") return session.is_super_admin;
  return page.needs.some((permission) => session.permissions.includes(permission));
}

export function findSettingsPage(id: string): SettingsPageEntry | undefined {
  return SETTINGS_PAGES.find((page) => page.id === id);
}
