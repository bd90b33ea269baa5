import { useQuery } from "@tanstack/react-query";
import { ListFilter, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { DepartmentDot } from "@/components/department-dot";
import { IconButton } from "@/components/icon-button";
import { Menu, type MenuSection } from "@/components/menu";
import { departmentsQuery, type TicketFilter } from "@/lib/api/queries";

interface ListFiltersProps {
  filter: TicketFilter;
  onFilter: (filter: TicketFilter) => void;
}

export function ListFilters({ filter, onFilter }: ListFiltersProps) {
  const { t } = useTranslation("app");
  const { data: all = [] } = useQuery(departmentsQuery);
  // An archived one keeps its tickets, but nobody looks for it by default.
  const departments = all.filter(({ id, archived_at }) => archived_at === null || id === filter.departmentId);
  const narrowed = filter.unread || filter.departmentId !== null;
  const choose = (departmentId: string | null) => () => onFilter({ ...filter, departmentId });

  const sections: MenuSection[] = [
    {
      key: "unread",
      entries: [
        {
          key: "unread",
          label: t("list.unreadOnly"),
          checked: filter.unread,
          onSelect: () => onFilter({ ...filter, unread: !filter.unread }),
        },
      ],
    },
    {
      key: "department",
      label: t("list.department"),
      entries: [
        {
          key: "all",
          label: t("list.allDepartments"),
          checked: filter.departmentId === null,
          onSelect: choose(null),
        },
        ...departments.map(({ id, name, color }) => ({
          key: id,
          label: name,
          mark: <DepartmentDot color={color} />,
          checked: filter.departmentId === id,
          onSelect: choose(id),
        })),
      ],
    },
  ];
  if (narrowed) {
    const clear = () => onFilter({ ...filter, unread: false, departmentId: null });
    sections.push({
      key: "clear",
      entries: [{ key: "clear", label: t("list.clearFilters"), icon: X, onSelect: clear }],
    });
  }

  return (
    <Menu
      label={t("list.filters")}
      width={260}
      staysOpen
      sections={sections}
      trigger={(props) => (
        <IconButton {...props} icon={ListFilter} label={t("list.filters")} active={narrowed} size={19} />
      )}
    />
  );
}
