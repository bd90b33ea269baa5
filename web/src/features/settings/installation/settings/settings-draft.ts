/** The installation's settings as they are typed: pure. */
import type { Banner, InstallationSettings } from "@/lib/wire/openapi.gen";

/** As the server (installation/settings). */
export const SESSION_DAYS = [1, 90] as const;
export const PASSWORD_LENGTH = [10, 64] as const;

export interface SettingsDraft {
  productName: string;
  support: string;
  hasBanner: boolean;
  bannerText: string;
  bannerLevel: NonNullable<Banner["level"]>;
  plan: string;
  /** Digits, or empty. */
  sessionDays: string;
  passwordMinimum: string;
}

export function draftOf(settings: InstallationSettings): SettingsDraft {
  return {
    productName: settings.product_name ?? "",
    support: settings.support_contact ?? "",
    hasBanner: Boolean(settings.banner),
    bannerText: settings.banner?.text ?? "",
    bannerLevel: settings.banner?.level ?? "info",
    plan: settings.default_plan ?? "standard",
    sessionDays: settings.session_days == null ? "" : String(settings.session_days),
    passwordMinimum: String(settings.password_minimum ?? PASSWORD_LENGTH[0]),
  };
}

/** What is not on the page stays as it was. */
export function settingsOf(draft: SettingsDraft, before: InstallationSettings): InstallationSettings {
  return {
    ...before,
    product_name: draft.productName.trim(),
    support_contact: draft.support.trim(),
    banner: draft.hasBanner ? { text: draft.bannerText.trim(), level: draft.bannerLevel } : null,
    default_plan: draft.plan,
    session_days: draft.sessionDays.trim() === "" ? null : Number(draft.sessionDays),
    password_minimum: Number(draft.passwordMinimum),
  };
}

function isBetween(text: string, [least, most]: readonly [number, number]): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}

export function wrongIn(draft: SettingsDraft): Set<keyof SettingsDraft> {
  const wrong = new Set<keyof SettingsDraft>();
  if (draft.productName.trim() === "") wrong.add("productName");
  if (draft.hasBanner && draft.bannerText.trim() === "") wrong.add("bannerText");
  if (draft.sessionDays.trim() !== "" && !isBetween(draft.sessionDays, SESSION_DAYS))
    wrong.add("sessionDays");
  if (!isBetween(draft.passwordMinimum, PASSWORD_LENGTH)) wrong.add("passwordMinimum");
  return wrong;
}
