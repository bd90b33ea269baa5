import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronDown, RefreshCw, ScrollText } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { SettingsCard } from "@/components/settings-page";
import { logQuery } from "@/features/settings/installation/api";
import {
  LEVELS,
  PERIODS,
  fieldText,
  levelOf,
  periodOf,
  sinceOf,
} from "@/features/settings/installation/health/log-model";
import { FilterSelect } from "@/features/settings/components/filter-bar";
import styles from "@/features/settings/installation/installation.module.css";
import { ListFilters } from "@/features/settings/installation/list-filters";
import { PagedList } from "@/features/settings/installation/paged-list";
import { agoTime, fullTime } from "@/lib/time/format";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { LogEntryView } from "@/lib/wire/openapi.gen";

export function LogCard() {
  const { t } = useTranslation("installation");
  const { t: forms } = useTranslation("forms");
  const [filter, setFilter] = useUrlFilter();
  const [now, setNow] = useState(() => Date.now());
  const q = filter.q ?? "";
  const level = levelOf(filter.level ?? "");
  const period = periodOf(filter.period ?? "");
  const query = useInfiniteQuery(logQuery({ q, level, since: sinceOf(period, now) }));
  const isFiltered = q !== "" || level !== "warning" || period !== "day";
  return (
    <SettingsCard
      flush
      title={t("log.title")}
      lead={t("log.lead")}
      aside={
        <Button
          icon={RefreshCw}
          busy={query.isFetching && !query.isFetchingNextPage}
          onClick={() => {
            setNow(Date.now());
            void query.refetch();
          }}
        >
          {t("refresh")}
        </Button>
      }
    >
      <ListFilters q={q} hint={t("log.searchHint")} onSearch={(text) => setFilter({ q: text })}>
        <FilterSelect
          label={t("log.level")}
          value={level}
          options={LEVELS.map((item) => ({ value: item, label: t(`log.levels.${item}`) }))}
          onChange={(chosen) => setFilter({ level: chosen })}
        />
        <FilterSelect
          label={t("log.since")}
          value={period}
          options={PERIODS.map((item) => ({ value: item, label: t(`log.periods.${item}`) }))}
          onChange={(chosen) => {
            setNow(Date.now());
            setFilter({ period: chosen });
          }}
        />
      </ListFilters>
      <PagedList
        query={query}
        empty={
          <EmptyState
            icon={ScrollText}
            title={t(isFiltered ? "noMatch" : "log.none")}
            body={t(isFiltered ? "noMatchBody" : "log.noneBody")}
            {...(isFiltered && {
              action: (
                <Button onClick={() => setFilter({ q: "", level: "", period: "" })}>{t("clear")}</Button>
              ),
            })}
          />
        }
      >
        {(items, more) => (
          <>
            <ol className={styles.log} aria-label={t("log.label")}>
              {items.map((entry) => (
                <LogLine key={entry.id} entry={entry} />
              ))}
            </ol>
            {more && (
              <div className={styles.more}>
                <Button variant="quiet" busy={more.busy} onClick={more.onLoad}>
                  {forms("table.more")}
                </Button>
              </div>
            )}
          </>
        )}
      </PagedList>
    </SettingsCard>
  );
}

const TONES = { warning: "warning", error: "danger", critical: "danger" } as const;

function LogLine({ entry }: { entry: LogEntryView }) {
  const { t, i18n } = useTranslation("installation");
  const { t: app } = useTranslation("app");
  const fields = Object.entries(entry.fields);
  return (
    <li>
      <details>
        <summary>
          <span>
            <Badge tone={TONES[entry.level]}>{t(`log.names.${entry.level}`)}</Badge>
          </span>
          <code>{entry.event}</code>
          <span>{entry.process}</span>
          <time dateTime={entry.at} title={fullTime(entry.at, i18n.language)}>
            {agoTime(entry.at, i18n.language, app("common.now"))}
          </time>
          <ChevronDown size={16} aria-hidden="true" />
        </summary>
        <dl className={styles.fields}>
          <dt>{t("log.process")}</dt>
          <dd>
            {entry.process} · {fullTime(entry.at, i18n.language)}
          </dd>
          {fields.map(([name, value]) => (
            <LogField key={name} name={name} value={value} />
          ))}
        </dl>
      </details>
    </li>
  );
}

function LogField({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <code>{fieldText(value)}</code>
      </dd>
    </>
  );
}
