import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { RefreshCw, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { RowsSkeleton } from "@/components/page-skeleton";
import styles from "@/features/settings/installation/installation.module.css";
import { UnreachableError } from "@/lib/http/problem";
import { useProblemText } from "@/lib/use-problem-text";

interface More {
  busy: boolean;
  onLoad: () => void;
}

interface PagedListProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: T[]; next_cursor: string | null }>>;
  empty: ReactNode;
  children: (items: T[], more: More | undefined) => ReactNode;
}

/** The states of a list with cursors: on its way, not to be had, empty, here. */
export function PagedList<T>({ query, empty, children }: PagedListProps<T>) {
  const { t } = useTranslation("forms");
  const problemText = useProblemText();
  if (query.data === undefined) {
    if (!query.isError)
      return (
        <div className={styles.waiting}>
          <RowsSkeleton rows={6} />
        </div>
      );
    return (
      <EmptyState
        icon={query.error instanceof UnreachableError ? WifiOff : RefreshCw}
        title={t("loading.errorTitle")}
        body={problemText(query.error)}
        action={
          <Button icon={RefreshCw} busy={query.isFetching} onClick={() => void query.refetch()}>
            {t("loading.retry")}
          </Button>
        }
      />
    );
  }
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return empty;
  const more = query.hasNextPage
    ? { busy: query.isFetchingNextPage, onLoad: () => void query.fetchNextPage() }
    : undefined;
  return children(items, more);
}
