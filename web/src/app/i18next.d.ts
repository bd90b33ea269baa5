import "i18next";
import type { messagesPtBr } from "@/features/conversation/messages/messages.pt-BR";
import type { ptBR } from "@/lib/i18n/locales/pt-BR";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "app";
    resources: { app: typeof ptBR; messages: typeof messagesPtBr };
  }
}
