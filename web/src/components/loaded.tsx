import type { UseQueryResult } from "@tanstack/react-query";
import { RefreshCw, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { RowsSkeleton } from "@/components/page-skeleton";
import { UnreachableError } from "@/lib/http/problem";
import { useProblemText } from "@/lib/use-problem-text";

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** While there is nothing yet. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The three states of what the server has: on its way, not to be had (and why), here. */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  const { t } = useTranslation("forms");
  const problemText = useProblemText();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
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
  return skeleton ?? <RowsSkeleton />;
}
