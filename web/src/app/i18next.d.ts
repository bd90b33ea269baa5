import "i18next";
import type { authPtBr } from "@/features/auth/locale/pt-BR";
import type { messagesPtBr } from "@/features/conversation/messages/messages.pt-BR";
import type { settingsPtBr } from "@/features/settings/locale/pt-BR";
import type { formsPtBr } from "@/lib/i18n/locales/forms.pt-BR";
import type { ptBR } from "@/lib/i18n/locales/pt-BR";
import type { companyPtBr } from "@/features/settings/company/locale/pt-BR";
import type { installationPtBr } from "@/features/settings/installation/locale/pt-BR";
import type { usagePtBr } from "@/lib/i18n/locales/usage.pt-BR";
import type { proofPtBr } from "@/features/settings/proof/locale/pt-BR";
import type { exportsPtBr } from "@/lib/i18n/locales/exports.pt-BR";
import type { permissionsPtBr } from "@/lib/i18n/locales/permissions.pt-BR";
import type { peoplePtBr } from "@/features/settings/people/locale/pt-BR";
import type { rolesPtBr } from "@/features/settings/roles/locale/pt-BR";
import type { departmentsPtBr } from "@/features/settings/departments/locale/pt-BR";
import type { numbersPtBr } from "@/features/settings/numbers/locale/pt-BR";
import type { apiKeysPtBr } from "@/features/settings/api-keys/locale/pt-BR";
import type { contactPrivacyPtBr } from "@/features/conversation/privacy/locale/pt-BR";
import type { accountSecurityPtBr } from "@/features/settings/account-security/locale/pt-BR";
import type { auditPtBr } from "@/features/settings/audit/locale/pt-BR";
import type { privacyPtBr } from "@/features/settings/privacy/locale/pt-BR";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "app";
    resources: {
      app: typeof ptBR;
      messages: typeof messagesPtBr;
      forms: typeof formsPtBr;
      auth: typeof authPtBr;
      settings: typeof settingsPtBr;
      permissions: typeof permissionsPtBr;
      people: typeof peoplePtBr;
      roles: typeof rolesPtBr;
      departments: typeof departmentsPtBr;
      numbers: typeof numbersPtBr;
      apiKeys: typeof apiKeysPtBr;
      company: typeof companyPtBr;
      installation: typeof installationPtBr;
      usage: typeof usagePtBr;
      exports: typeof exportsPtBr;
      proof: typeof proofPtBr;
      audit: typeof auditPtBr;
      privacy: typeof privacyPtBr;
      accountSecurity: typeof accountSecurityPtBr;
      contactPrivacy: typeof contactPrivacyPtBr;
    };
  }
}
