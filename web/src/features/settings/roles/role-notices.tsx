import { useTranslation } from "react-i18next";
import { Notice } from "@/components/notice";
import { useSession } from "@/lib/session";
import type { Permission, RoleView } from "@/lib/wire/openapi.gen";

interface RoleNoticesProps {
  role: RoleView | null;
  /** As they would be saved. */
  chosen: readonly Permission[];
  isReadOnly: boolean;
}

/** What to know before changing a role: why it cannot be, whom it touches, what it costs them. */
export function RoleNotices({ role, chosen, isReadOnly }: RoleNoticesProps) {
  const { t } = useTranslation("roles");
  const { t: words } = useTranslation("permissions");
  const session = useSession();
  if (role === null) return <Notice title={t("escalationTitle")}>{t("escalation")}</Notice>;
  if (role.role !== "custom") return <Notice>{t("builtInNote")}</Notice>;
  const missing = role.permissions.filter((one) => !session.permissions.includes(one));
  if (missing.length > 0) {
    const names = missing.map((one) => words(`names.${one}.title`)).join(", ");
    return (
      <Notice tone="warning" title={t("escalationTitle")}>
        {t("beyond", { missing: names })}
      </Notice>
    );
  }
  if (isReadOnly || role.member_count === 0) return null;
  const isOwn = session.role === "custom" && session.role_name === role.name;
  const losesInbox = role.permissions.includes("inbox") && !chosen.includes("inbox");
  return (
    <Notice tone={isOwn || losesInbox ? "warning" : "info"}>
      {[t("effect", { count: role.member_count }), losesInbox && t("losesInbox"), isOwn && t("ownRole")]
        .filter(Boolean)
        .join(" ")}
    </Notice>
  );
}
