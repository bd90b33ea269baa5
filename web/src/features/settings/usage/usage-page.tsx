import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/components/loaded";
import { SettingsPage } from "@/components/settings-page";
import { UsageCards } from "@/components/usage/usage-cards";
import { usageQuery } from "@/features/settings/usage/api";
import { productQuery } from "@/lib/api/queries";
import { useSession } from "@/lib/session";

/** How the company stands. For a Client it is all there is. */
export default function UsagePage() {
  const { t } = useTranslation("usage");
  const { permissions } = useSession();
  const query = useQuery(usageQuery);
  const { data: product } = useQuery(productQuery);
  const isAtWork = permissions.includes("inbox");
  return (
    <SettingsPage title={t("title")} lead={t(isAtWork ? "lead" : "leadClient")} width="table">
      <Loaded query={query}>
        {(usage) => <UsageCards usage={usage} support={product?.support_contact ?? ""} />}
      </Loaded>
    </SettingsPage>
  );
}
