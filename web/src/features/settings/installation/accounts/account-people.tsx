import { useInfiniteQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { SettingsCard } from "@/components/settings-page";
import { peopleQuery } from "@/features/settings/installation/api";
import { PagedList } from "@/features/settings/installation/paged-list";
import { PeopleTable } from "@/features/settings/installation/people/people-table";
import type { InstallationAccountDetails } from "@/lib/wire/openapi.gen";

export function AccountPeople({ account }: { account: InstallationAccountDetails }) {
  const { t } = useTranslation("installation");
  const query = useInfiniteQuery(peopleQuery({ account_id: account.id }));
  return (
    <SettingsCard flush title={t("account.people")}>
      <PagedList query={query} empty={<EmptyState icon={UserPlus} title={t("account.peopleNone")} />}>
        {(items, more) => <PeopleTable people={items} account={account} more={more} />}
      </PagedList>
    </SettingsCard>
  );
}
