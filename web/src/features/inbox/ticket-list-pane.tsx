import { useTranslation } from "react-i18next";
import { ListFilters } from "@/features/inbox/components/list-filters";
import { SearchField } from "@/features/inbox/components/search-field";
import { TicketList } from "@/features/inbox/components/ticket-list";
import { ViewTabs } from "@/features/inbox/components/view-tabs";
import styles from "@/features/inbox/ticket-list-pane.module.css";
import type { TicketFilter } from "@/lib/api/queries";

interface TicketListPaneProps {
  filter: TicketFilter;
  onFilter: (filter: TicketFilter) => void;
  selectedId: string | null;
}

export function TicketListPane({ filter, onFilter, selectedId }: TicketListPaneProps) {
  const { t } = useTranslation("app");
  return (
    <section className={styles.pane} aria-label={t("list.label")}>
      <header className={styles.head}>
        <div className={styles.search}>
          <SearchField value={filter.q} onChange={(q) => onFilter({ ...filter, q })} />
          <ListFilters filter={filter} onFilter={onFilter} />
        </div>
        <ViewTabs filter={filter} onView={(view) => onFilter({ ...filter, view })} />
      </header>
      <TicketList filter={filter} onFilter={onFilter} selectedId={selectedId} />
    </section>
  );
}
