import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
// The same record under another heading: its rows are read and drawn as an account's are.
import { AuditRow } from "@/features/settings/audit/components/audit-row";
import { ChainCard } from "@/features/settings/audit/components/chain-card";
import { groupByDay } from "@/features/settings/audit/model/days";
import auditStyles from "@/features/settings/audit/audit.module.css";
import { auditQuery, installationKeys, verifyChain } from "@/features/settings/installation/api";
import { FilterSelect } from "@/features/settings/components/filter-bar";
import styles from "@/features/settings/installation/installation.module.css";
import { ListFilters } from "@/features/settings/installation/list-filters";
import { PagedList } from "@/features/settings/installation/paged-list";
import { dayLabel } from "@/lib/time/format";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { AuditEntryView } from "@/lib/wire/openapi.gen";

const KINDS = ["account", "person", "session", "installation", "sign_in", "password"] as const;

export default function InstallationAuditPage() {
  const { t } = useTranslation("installation");
  const [filter, setFilter] = useUrlFilter();
  const { q = "" } = filter;
  const kind = KINDS.find((item) => item === filter.kind) ?? "";
  const query = useInfiniteQuery(auditQuery({ q, action: kind === "" ? "" : `${kind}.` }));
  const isFiltered = q !== "" || kind !== "";
  return (
    <SettingsPage title={t("audit.title")} lead={t("audit.lead")} width="table">
      <ChainCard verify={verifyChain} changes={installationKeys.audit} />
      <SettingsCard flush>
        <ListFilters q={q} hint={t("audit.searchHint")} onSearch={(text) => setFilter({ q: text })}>
          <FilterSelect
            label={t("audit.kind")}
            value={kind}
            options={[
              { value: "", label: t("audit.anyKind") },
              ...KINDS.map((item) => ({ value: item, label: t(`audit.kinds.${item}`) })),
            ]}
            onChange={(chosen) => setFilter({ kind: chosen })}
          />
        </ListFilters>
        <PagedList
          query={query}
          empty={
            <EmptyState
              icon={isFiltered ? SearchX : ScrollText}
              title={t("noMatch")}
              {...(isFiltered && {
                body: t("noMatchBody"),
                action: <Button onClick={() => setFilter({ q: "", kind: "" })}>{t("clear")}</Button>,
              })}
            />
          }
        >
          {(items, more) => (
            <>
              <Entries entries={items} onActor={(actor) => setFilter({ q: actor })} />
              {more && (
                <div className={styles.more}>
                  <MoreButton busy={more.busy} onLoad={more.onLoad} />
                </div>
              )}
            </>
          )}
        </PagedList>
      </SettingsCard>
    </SettingsPage>
  );
}

function MoreButton({ busy, onLoad }: { busy: boolean; onLoad: () => void }) {
  const { t } = useTranslation("forms");
  return (
    <Button variant="quiet" busy={busy} onClick={onLoad}>
      {t("table.more")}
    </Button>
  );
}

interface EntriesProps {
  entries: AuditEntryView[];
  onActor: (id: string) => void;
}

function Entries({ entries, onActor }: EntriesProps) {
  const { i18n } = useTranslation("installation");
  return groupByDay(entries).map((day) => (
    <section key={day.key}>
      <h3 className={auditStyles.dayHead}>{dayLabel(day.at, i18n.language)}</h3>
      <ol className={auditStyles.entries}>
        {day.entries.map((entry) => (
          <AuditRow
            key={entry.seq}
            entry={entry}
            onFilter={({ actor, targetId }) => onActor(actor ?? targetId ?? "")}
          />
        ))}
      </ol>
    </section>
  ));
}
