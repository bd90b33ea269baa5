import { useInfiniteQuery } from "@tanstack/react-query";
import { FileCheck, RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { DataTable, type Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { RowsSkeleton } from "@/components/page-skeleton";
import { SettingsCard } from "@/components/settings-page";
import { erasuresQuery } from "@/features/settings/privacy/api";
import { ErasureDialog } from "@/features/settings/privacy/components/erasure-dialog";
import { ErasureSearch } from "@/features/settings/privacy/components/erasure-search";
import styles from "@/features/settings/privacy/privacy.module.css";
import { fullTime } from "@/lib/time/format";
import { useProblemText } from "@/lib/use-problem-text";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { ErasureView } from "@/lib/wire/openapi.gen";

const TONES = { pending: "accent", done: "success", failed: "danger" } as const;

/** The ledger, newest first; the open certificate is in the address. */
export function ErasuresCard() {
  const { t, i18n } = useTranslation("privacy");
  const { t: forms } = useTranslation("forms");
  const problemText = useProblemText();
  const query = useInfiniteQuery(erasuresQuery);
  const [address, setAddress] = useUrlFilter();
  const open = (erasure: ErasureView) => setAddress({ erasure: erasure.id });

  const columns: Column<ErasureView>[] = [
    {
      key: "requested",
      header: t("erasures.requested"),
      cell: (erasure) => fullTime(erasure.requested_at, i18n.language),
    },
    {
      key: "by",
      header: t("erasures.by"),
      cell: (erasure) => erasure.requested_by_name || t("erasures.byRules"),
    },
    {
      key: "reason",
      header: t("erasures.reason"),
      cell: (erasure) => <span className={styles.reason}>{erasure.reason}</span>,
    },
    {
      key: "removed",
      header: t("erasures.removed"),
      cell: (erasure) => t("erasures.items", { count: totalOf(erasure) }),
    },
    {
      key: "state",
      header: t("erasures.state"),
      phone: "corner",
      cell: (erasure) => <Badge tone={TONES[erasure.state]}>{t(`erasures.states.${erasure.state}`)}</Badge>,
    },
  ];
  return (
    <SettingsCard flush title={t("erasures.title")} lead={t("erasures.lead")}>
      <ErasureSearch onOpen={open} />
      {query.data !== undefined ? (
        <DataTable
          label={t("erasures.title")}
          columns={columns}
          rows={query.data.pages.flatMap((page) => page.items)}
          rowKey={(erasure) => erasure.id}
          onOpen={open}
          empty={<EmptyState icon={FileCheck} title={t("erasures.empty")} body={t("erasures.emptyBody")} />}
          more={
            query.hasNextPage
              ? { busy: query.isFetchingNextPage, onLoad: () => void query.fetchNextPage() }
              : undefined
          }
        />
      ) : query.isError ? (
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
      ) : (
        <div className={styles.waiting}>
          <RowsSkeleton rows={3} />
        </div>
      )}
      {address.erasure !== undefined && (
        <ErasureDialog id={address.erasure} onClose={() => setAddress({ erasure: "" })} />
      )}
    </SettingsCard>
  );
}

function totalOf(erasure: ErasureView): number {
  return Object.values(erasure.removed).reduce((sum, count) => sum + count, 0);
}
