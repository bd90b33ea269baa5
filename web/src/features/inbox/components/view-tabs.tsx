import { useQuery } from "@tanstack/react-query";
import { Bot, ChevronDown, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Menu } from "@/components/menu";
import styles from "@/features/inbox/components/view-tabs.module.css";
import { countsQuery, type TicketFilter, type TicketListName } from "@/lib/api/queries";

interface ViewTabsProps {
  filter: TicketFilter;
  onView: (view: TicketListName) => void;
}

const TABS = ["mine", "queue", "all"] as const;
/** Looked at now and then: one step further away, so that the three of every day have room. */
const MORE = [
  { view: "bot", icon: Bot },
  { view: "closed", icon: CircleCheck },
] as const;

function short(count: number | undefined): string | null {
  if (count === undefined || count === 0) return null;
  return count > 999 ? "999+" : String(count);
}

export function ViewTabs({ filter, onView }: ViewTabsProps) {
  const { t } = useTranslation("app");
  const { data: counts } = useQuery(countsQuery);
  const other = MORE.find(({ view }) => view === filter.view);
  return (
    <div className={styles.tabs} role="group" aria-label={t("views.label")}>
      {TABS.map((view) => (
        <button
          key={view}
          type="button"
          data-testid={`view-${view}`}
          aria-pressed={filter.view === view}
          onClick={() => onView(view)}
        >
          {t(`views.${view}`)}
          {short(counts?.[view]) !== null && <span className={styles.count}>{short(counts?.[view])}</span>}
        </button>
      ))}
      <Menu
        label={t("views.label")}
        width={210}
        sections={[
          {
            key: "views",
            entries: MORE.map(({ view, icon }) => ({
              key: view,
              label: t(`views.${view}`),
              icon,
              checked: filter.view === view,
              hint: view === "bot" ? short(counts?.bot) : null,
              testId: `view-${view}`,
              onSelect: () => onView(view),
            })),
          },
        ]}
        trigger={(props) => (
          <button
            {...props}
            type="button"
            className={styles.more}
            data-testid="view-more"
            aria-pressed={other !== undefined}
            aria-label={other ? t(`views.${other.view}`) : t("views.label")}
          >
            {other && t(`views.${other.view}`)}
            <ChevronDown size={16} aria-hidden="true" />
          </button>
        )}
      />
    </div>
  );
}
