import { messagesEn } from "@/features/conversation/messages/messages.en";
import { en } from "@/lib/i18n/locales/en";

export default { app: en, messages: messagesEn };
