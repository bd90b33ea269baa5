import { Archive, Bot, Coffee, Inbox, SearchX, Sparkles, TriangleAlert, WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import styles from "@/features/inbox/components/list-placeholder.module.css";
import type { TicketFilter } from "@/lib/api/queries";
import { useConnection } from "@/lib/live/live-context";

const ICONS = { mine: Sparkles, queue: Coffee, bot: Bot, closed: Archive, all: Inbox } as const;

interface ListPlaceholderProps {
  filter: TicketFilter;
  failed: boolean;
  onRetry: () => void;
  onFilter: (filter: TicketFilter) => void;
}

/** What a list without rows says: nothing there, nothing found, or not loaded. */
export function ListPlaceholder({ filter, failed, onRetry, onFilter }: ListPlaceholderProps) {
  const { t } = useTranslation("app");
  const { status } = useConnection();
  const retry = (
    <Button variant="soft" onClick={onRetry}>
      {t("common.retry")}
    </Button>
  );
  if (failed && status === "offline") {
    return (
      <EmptyState
        icon={WifiOff}
        title={t("list.offline.title")}
        body={t("list.offline.body")}
        action={retry}
      />
    );
  }
  if (failed) {
    return (
      <EmptyState
        icon={TriangleAlert}
        title={t("list.error.title")}
        body={t("list.error.body")}
        action={retry}
      />
    );
  }
  if (filter.q !== "" || filter.unread || filter.departmentId !== null) {
    const clear = () => onFilter({ ...filter, q: "", unread: false, departmentId: null });
    return (
      <EmptyState
        icon={SearchX}
        title={t("list.empty.search.title")}
        body={t("list.empty.search.body")}
        action={<Button onClick={clear}>{t("list.clearFilters")}</Button>}
      />
    );
  }
  const toQueue = (
    <Button onClick={() => onFilter({ ...filter, view: "queue" })}>{t("list.goToQueue")}</Button>
  );
  return (
    <EmptyState
      icon={ICONS[filter.view]}
      title={t(`list.empty.${filter.view}.title`)}
      body={t(`list.empty.${filter.view}.body`)}
      action={filter.view === "mine" ? toQueue : undefined}
    />
  );
}

export function ListSkeleton({ rows }: { rows: number }) {
  const { t } = useTranslation("app");
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles.row}>
          <span className={styles.avatar} />
          <span className={styles.lines}>
            <span style={{ width: `${38 + ((index * 17) % 30)}%` }} />
            <span style={{ width: `${58 + ((index * 23) % 34)}%` }} />
          </span>
        </div>
      ))}
    </div>
  );
}
