import { useTranslation } from "react-i18next";
import type { Role } from "@/lib/wire/openapi.gen";

/** What a role is called: ours in the person's language, the account's own as the account named it. */
export function useRoleName(): (role: Role, ownName: string) => string {
  const { t } = useTranslation("app");
  return (role, ownName) => (role === "custom" ? ownName : t(`account.roles.${role}`));
}
