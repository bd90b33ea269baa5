import { registerTexts } from "@/lib/i18n/i18n";

/** Texts that only some routes need, one chunk per area and language. A route names them in its `loader`. */
export function registerAreaTexts(): void {
  registerTexts("forms", {
    "pt-BR": async () => (await import("@/lib/i18n/locales/forms.pt-BR")).formsPtBr,
    en: async () => (await import("@/lib/i18n/locales/forms.en")).formsEn,
  });
  registerTexts("auth", {
    "pt-BR": async () => (await import("@/features/auth/locale/pt-BR")).authPtBr,
    en: async () => (await import("@/features/auth/locale/en")).authEn,
  });
  registerTexts("settings", {
    "pt-BR": async () => (await import("@/features/settings/locale/pt-BR")).settingsPtBr,
    en: async () => (await import("@/features/settings/locale/en")).settingsEn,
  });
  registerTexts("company", {
    "pt-BR": async () => (await import("@/features/settings/company/locale/pt-BR")).companyPtBr,
    en: async () => (await import("@/features/settings/company/locale/en")).companyEn,
  });
  registerTexts("installation", {
    "pt-BR": async () => (await import("@/features/settings/installation/locale/pt-BR")).installationPtBr,
    en: async () => (await import("@/features/settings/installation/locale/en")).installationEn,
  });
  registerTexts("usage", {
    "pt-BR": async () => (await import("@/lib/i18n/locales/usage.pt-BR")).usagePtBr,
    en: async () => (await import("@/lib/i18n/locales/usage.en")).usageEn,
  });
  registerTexts("proof", {
    "pt-BR": async () => (await import("@/features/settings/proof/locale/pt-BR")).proofPtBr,
    en: async () => (await import("@/features/settings/proof/locale/en")).proofEn,
  });
  registerTexts("exports", {
    "pt-BR": async () => (await import("@/lib/i18n/locales/exports.pt-BR")).exportsPtBr,
    en: async () => (await import("@/lib/i18n/locales/exports.en")).exportsEn,
  });
  registerTexts("permissions", {
    "pt-BR": async () => (await import("@/lib/i18n/locales/permissions.pt-BR")).permissionsPtBr,
    en: async () => (await import("@/lib/i18n/locales/permissions.en")).permissionsEn,
  });
  registerTexts("people", {
    "pt-BR": async () => (await import("@/features/settings/people/locale/pt-BR")).peoplePtBr,
    en: async () => (await import("@/features/settings/people/locale/en")).peopleEn,
  });
  registerTexts("roles", {
    "pt-BR": async () => (await import("@/features/settings/roles/locale/pt-BR")).rolesPtBr,
    en: async () => (await import("@/features/settings/roles/locale/en")).rolesEn,
  });
  registerTexts("departments", {
    "pt-BR": async () => (await import("@/features/settings/departments/locale/pt-BR")).departmentsPtBr,
    en: async () => (await import("@/features/settings/departments/locale/en")).departmentsEn,
  });
  registerTexts("numbers", {
    "pt-BR": async () => (await import("@/features/settings/numbers/locale/pt-BR")).numbersPtBr,
    en: async () => (await import("@/features/settings/numbers/locale/en")).numbersEn,
  });
  registerTexts("apiKeys", {
    "pt-BR": async () => (await import("@/features/settings/api-keys/locale/pt-BR")).apiKeysPtBr,
    en: async () => (await import("@/features/settings/api-keys/locale/en")).apiKeysEn,
  });
  registerTexts("audit", {
    "pt-BR": async () => (await import("@/features/settings/audit/locale/pt-BR")).auditPtBr,
    en: async () => (await import("@/features/settings/audit/locale/en")).auditEn,
  });
  registerTexts("privacy", {
    "pt-BR": async () => (await import("@/features/settings/privacy/locale/pt-BR")).privacyPtBr,
    en: async () => (await import("@/features/settings/privacy/locale/en")).privacyEn,
  });
  registerTexts("accountSecurity", {
    "pt-BR": async () =>
      (await import("@/features/settings/account-security/locale/pt-BR")).accountSecurityPtBr,
    en: async () => (await import("@/features/settings/account-security/locale/en")).accountSecurityEn,
  });
  registerTexts("contactPrivacy", {
    "pt-BR": async () => (await import("@/features/conversation/privacy/locale/pt-BR")).contactPrivacyPtBr,
    en: async () => (await import("@/features/conversation/privacy/locale/en")).contactPrivacyEn,
  });
}
