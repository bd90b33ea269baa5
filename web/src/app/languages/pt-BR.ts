import { messagesPtBr } from "@/features/conversation/messages/messages.pt-BR";
import { ptBR } from "@/lib/i18n/locales/pt-BR";

export default { app: ptBR, messages: messagesPtBr };
