import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ListPlaceholder, ListSkeleton } from "@/features/inbox/components/list-placeholder";
import { TicketRow } from "@/features/inbox/components/ticket-row";
import styles from "@/features/inbox/components/ticket-list.module.css";
import { ticketListQuery } from "@/features/inbox/api/ticket-list-query";
import { useListKeys } from "@/features/inbox/hooks/use-list-keys";
import { useSteadyOrder } from "@/features/inbox/hooks/use-steady-order";
import { displayOrder, flatten } from "@/features/inbox/model/ticket-list";
import { usePrefetchConversation } from "@/lib/api/use-prefetch-conversation";
import { departmentsQuery, membersQuery, type TicketFilter } from "@/lib/api/queries";
import { usePreference } from "@/lib/preferences";
import { useSession } from "@/lib/session";
import { useNow } from "@/lib/time/use-now";

interface TicketListProps {
  filter: TicketFilter;
  onFilter: (filter: TicketFilter) => void;
  selectedId: string | null;
}

/** As --row-height in tokens.css. */
const ROW_HEIGHT = { comfortable: 76, compact: 60 } as const;
/** The next page is asked for this many rows before the end. */
const AHEAD = 12;
/** The queue is shown by waiting time, the server pages by the last message: this many pages are sorted together. */
const QUEUE_PAGES = 5;

export function TicketList({ filter, onFilter, selectedId }: TicketListProps) {
  const { t } = useTranslation("app");
  const { user } = useSession();
  const cache = useQueryClient();
  const query = useInfiniteQuery(ticketListQuery(cache, filter));
  const { data: departments } = useQuery(departmentsQuery);
  const { data: members } = useQuery(membersQuery);
  const now = useNow(20_000);
  const density = usePreference("density");
  const prefetch = usePrefetchConversation();
  const scroller = useRef<HTMLDivElement>(null);

  const items = useMemo(
    () => (query.data ? displayOrder(flatten(query.data), filter.view) : []),
    [query.data, filter.view],
  );
  const { ordered, hold, release, waiting } = useSteadyOrder(items);
  const departmentById = useMemo(() => new Map(departments?.map((item) => [item.id, item])), [departments]);
  const nameById = useMemo(() => new Map(members?.map((item) => [item.id, item.name])), [members]);

  const virtualizer = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT[density],
    getItemKey: (index) => ordered[index]?.id ?? index,
    overscan: 8,
    paddingStart: 6,
    paddingEnd: 6,
  });
  useEffect(() => {
    virtualizer.measure();
  }, [density, virtualizer]);

  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const pages = query.data?.pages.length ?? 0;
  useEffect(() => {
    const sortsTogether = filter.view === "queue" && pages > 0 && pages < QUEUE_PAGES;
    const nearEnd = last >= ordered.length - AHEAD;
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && (nearEnd || sortsTogether))
      void fetchNextPage();
  }, [
    last,
    ordered.length,
    pages,
    filter.view,
    hasNextPage,
    isFetchingNextPage,
    isFetchNextPageError,
    fetchNextPage,
  ]);

  // Another list begins at its top.
  const listKey = `${filter.view}/${filter.q}/${filter.departmentId ?? ""}/${String(filter.unread)}`;
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [listKey]);

  useListKeys({
    tickets: ordered,
    selectedId,
    view: filter.view,
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  });

  if (query.isPending) return <ListSkeleton rows={9} />;
  if (items.length === 0)
    return (
      <ListPlaceholder
        filter={filter}
        failed={query.isError}
        onRetry={() => void query.refetch()}
        onFilter={onFilter}
      />
    );

  return (
    <div className={styles.frame}>
      {waiting > 0 && (
        <button type="button" className={styles.newcomers} onClick={release}>
          {t("list.newBelow", { count: waiting })}
        </button>
      )}
      <div ref={scroller} className={styles.scroller} onPointerMove={hold} onPointerLeave={release}>
        <ul
          className={styles.list}
          style={{ height: virtualizer.getTotalSize() }}
          aria-label={t("list.label")}
        >
          {rows.map((row) => {
            const ticket = ordered[row.index];
            if (!ticket) return null;
            const mixed = filter.view === "all" || filter.view === "closed" || filter.q !== "";
            const colleague =
              mixed && ticket.assignee_id !== null ? (nameById.get(ticket.assignee_id) ?? null) : null;
            return (
              <li
                key={row.key}
                className={styles.item}
                style={{ transform: `translateY(${row.start}px)` }}
                aria-setsize={-1}
                aria-posinset={row.index + 1}
              >
                <TicketRow
                  ticket={ticket}
                  view={filter.view}
                  department={departmentById.get(ticket.department_id)}
                  assigneeName={
                    ticket.assignee_id === user.id && mixed
                      ? t("common.you")
                      : (colleague?.split(" ")[0] ?? null)
                  }
                  selected={ticket.conversation_id === selectedId}
                  now={now}
                  onPrefetch={prefetch}
                />
              </li>
            );
          })}
        </ul>
        {isFetchingNextPage && <p className={styles.more}>{t("list.more")}</p>}
      </div>
    </div>
  );
}
