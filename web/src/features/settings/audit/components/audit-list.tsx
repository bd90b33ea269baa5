import { useInfiniteQuery } from "@tanstack/react-query";
import { RefreshCw, ScrollText, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { RowsSkeleton } from "@/components/page-skeleton";
import { auditQuery } from "@/features/settings/audit/api";
import styles from "@/features/settings/audit/audit.module.css";
import { AuditRow } from "@/features/settings/audit/components/audit-row";
import { groupByDay } from "@/features/settings/audit/model/days";
import { isFiltered, type AuditFilter } from "@/features/settings/audit/model/filter";
import { dayLabel } from "@/lib/time/format";
import { useProblemText } from "@/lib/use-problem-text";

interface AuditListProps {
  filter: AuditFilter;
  onFilter: (change: Record<string, string>) => void;
}

/** The entries under their days, newest first, older ones on demand. */
export function AuditList({ filter, onFilter }: AuditListProps) {
  const { t, i18n } = useTranslation("audit");
  const { t: forms } = useTranslation("forms");
  const problemText = useProblemText();
  const query = useInfiniteQuery(auditQuery(filter));
  if (query.data === undefined) {
    if (!query.isError) {
      return (
        <div className={styles.waiting}>
          <RowsSkeleton rows={6} />
        </div>
      );
    }
    return (
      <EmptyState
        icon={RefreshCw}
        title={forms("loading.errorTitle")}
        body={problemText(query.error)}
        action={
          <Button icon={RefreshCw} busy={query.isFetching} onClick={() => void query.refetch()}>
            {forms("loading.retry")}
          </Button>
        }
      />
    );
  }
  const entries = query.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) {
    return isFiltered(filter) ? (
      <EmptyState icon={SearchX} title={t("list.empty")} body={t("list.emptyBody")} />
    ) : (
      <EmptyState icon={ScrollText} title={t("list.none")} body={t("list.noneBody")} />
    );
  }
  return (
    <div aria-label={t("list.label")} role="region" aria-busy={query.isFetching}>
      {groupByDay(entries).map((day) => (
        <section key={day.key}>
          <h3 className={styles.dayHead}>{dayLabel(day.at, i18n.language)}</h3>
          <ol className={styles.entries}>
            {day.entries.map((entry) => (
              <AuditRow key={entry.seq} entry={entry} onFilter={onFilter} />
            ))}
          </ol>
        </section>
      ))}
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button variant="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("list.more")}
          </Button>
        </div>
      )}
    </div>
  );
}
