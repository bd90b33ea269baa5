import { useInfiniteQuery } from "@tanstack/react-query";
import { SearchX, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { peopleQuery } from "@/features/settings/installation/api";
import { ListFilters } from "@/features/settings/installation/list-filters";
import { PagedList } from "@/features/settings/installation/paged-list";
import { PeopleTable } from "@/features/settings/installation/people/people-table";
import { useUrlFilter } from "@/lib/use-url-filter";

export default function InstallationPeoplePage() {
  const { t } = useTranslation("installation");
  const [{ q = "" }, setFilter] = useUrlFilter();
  const query = useInfiniteQuery(peopleQuery({ q }));
  return (
    <SettingsPage title={t("people.title")} lead={t("people.lead")} width="table">
      <SettingsCard flush>
        <ListFilters q={q} hint={t("people.searchHint")} onSearch={(text) => setFilter({ q: text })} />
        <PagedList
          query={query}
          empty={
            q === "" ? (
              <EmptyState icon={UsersRound} title={t("people.none")} />
            ) : (
              <EmptyState
                icon={SearchX}
                title={t("noMatch")}
                body={t("noMatchBody")}
                action={<Button onClick={() => setFilter({ q: "" })}>{t("clear")}</Button>}
              />
            )
          }
        >
          {(items, more) => <PeopleTable people={items} more={more} />}
        </PagedList>
      </SettingsCard>
    </SettingsPage>
  );
}
