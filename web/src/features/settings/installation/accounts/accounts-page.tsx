import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Building, Plus, SearchX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { DataTable, type Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { usePlanName } from "@/components/usage/usage-cards";
import { FilterSelect } from "@/features/settings/components/filter-bar";
import { NamedRow } from "@/features/settings/components/named-row";
import { AccountDetails } from "@/features/settings/installation/accounts/account-details";
import { CreateDialog } from "@/features/settings/installation/accounts/create-dialog";
import { HealthMark, STATE_TONES } from "@/features/settings/installation/accounts/health-mark";
import { ACCOUNT_STATES, accountsQuery } from "@/features/settings/installation/api";
import styles from "@/features/settings/installation/installation.module.css";
import { ListFilters } from "@/features/settings/installation/list-filters";
import { PagedList } from "@/features/settings/installation/paged-list";
import { agoTime } from "@/lib/time/format";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { InstallationAccount } from "@/lib/wire/openapi.gen";

/** All companies, or one of them: the address says which. */
export default function AccountsPage() {
  const [{ account = "" }] = useUrlFilter();
  return account === "" ? <AccountList /> : <AccountDetails key={account} id={account} />;
}

function AccountList() {
  const { t } = useTranslation("installation");
  const [filter, setFilter] = useUrlFilter();
  const { q = "", state = "" } = filter;
  const known = ACCOUNT_STATES.find((item) => item === state) ?? "";
  const query = useInfiniteQuery(accountsQuery({ q, state: known }));
  const [creating, setCreating] = useState(false);
  const columns = useColumns();
  const open = useOpenAccount();
  return (
    <SettingsPage
      title={t("accounts.title")}
      lead={t("accounts.lead")}
      width="table"
      actions={
        <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
          {t("accounts.new")}
        </Button>
      }
    >
      <SettingsCard flush>
        <ListFilters q={q} hint={t("accounts.searchHint")} onSearch={(text) => setFilter({ q: text })}>
          <FilterSelect
            label={t("accounts.state")}
            value={known}
            options={[
              { value: "", label: t("accounts.anyState") },
              ...ACCOUNT_STATES.map((item) => ({ value: item, label: t(`states.${item}`) })),
            ]}
            onChange={(chosen) => setFilter({ state: chosen })}
          />
        </ListFilters>
        <PagedList
          query={query}
          empty={
            q === "" && known === "" ? (
              <EmptyState icon={Building} title={t("accounts.none")} body={t("accounts.noneBody")} />
            ) : (
              <EmptyState
                icon={SearchX}
                title={t("noMatch")}
                body={t("noMatchBody")}
                action={<Button onClick={() => setFilter({ q: "", state: "" })}>{t("clear")}</Button>}
              />
            )
          }
        >
          {(items, more) => (
            <DataTable
              label={t("accounts.list")}
              columns={columns}
              rows={items}
              rowKey={(item) => item.id}
              onOpen={(item) => open(item.id)}
              empty={null}
              more={more}
            />
          )}
        </PagedList>
      </SettingsCard>
      {creating && <CreateDialog onCreated={open} onClose={() => setCreating(false)} />}
    </SettingsPage>
  );
}

/** A step that the way back undoes. */
function useOpenAccount(): (id: string) => void {
  const navigate = useNavigate();
  return (id) =>
    void navigate({ to: ".", search: ((before: object) => ({ ...before, account: id })) as never });
}

function useColumns(): Column<InstallationAccount>[] {
  const { t, i18n } = useTranslation("installation");
  const { t: app } = useTranslation("app");
  const planName = usePlanName();
  const number = new Intl.NumberFormat(i18n.language);
  return [
    {
      key: "name",
      header: t("accounts.name"),
      cell: ({ id, name, slug, is_home: isHome }) => (
        <NamedRow
          mark={<Avatar id={id} name={name} size={36} />}
          name={name}
          detail={isHome ? t("accounts.home") : slug}
        />
      ),
    },
    {
      key: "state",
      header: t("accounts.state"),
      phone: "corner",
      cell: ({ state }) => <Badge tone={STATE_TONES[state]}>{t(`states.${state}`)}</Badge>,
    },
    { key: "health", header: t("accounts.health"), cell: (account) => <HealthMark account={account} /> },
    {
      key: "people",
      header: t("accounts.people"),
      align: "end",
      cell: ({ health }) => number.format(health.members),
    },
    {
      key: "numbers",
      header: t("accounts.numbers"),
      align: "end",
      cell: ({ health }) => number.format(health.numbers),
    },
    {
      key: "last",
      header: t("accounts.lastInbound"),
      cell: ({ health: { last_inbound_at: at } }) => (
        <span className={styles.faint}>
          {at === null ? t("accounts.never") : agoTime(at, i18n.language, app("common.now"))}
        </span>
      ),
    },
    { key: "plan", header: t("accounts.plan"), phone: "hidden", cell: ({ plan }) => planName(plan) },
  ];
}
