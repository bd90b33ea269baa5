import { Smartphone } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { DataTable, type Column } from "@/components/data-table";
import { DepartmentDot } from "@/components/department-dot";
import { EmptyState } from "@/components/empty-state";
import styles from "@/features/settings/numbers/numbers.module.css";
import { agoTime } from "@/lib/time/format";
import type { DepartmentView, NumberView } from "@/lib/wire/openapi.gen";

interface NumbersTableProps {
  numbers: readonly NumberView[];
  departments: readonly DepartmentView[];
  connect: ReactNode;
  onOpen: (number: NumberView) => void;
}

export function NumbersTable({ numbers, departments, connect, onOpen }: NumbersTableProps) {
  const { t } = useTranslation("numbers");
  const columns: Column<NumberView>[] = [
    {
      key: "name",
      header: t("columns.name"),
      phone: "title",
      cell: (number) => (
        <span className={styles.name}>
          <strong>{number.name}</strong>
          <span>{number.display_phone_number}</span>
        </span>
      ),
    },
    {
      key: "health",
      header: t("columns.health"),
      phone: "line",
      cell: (number) => <Health lastWebhookAt={number.last_webhook_at} />,
    },
    {
      key: "department",
      header: t("columns.department"),
      phone: "line",
      cell: (number) => (
        <DepartmentName department={departments.find(({ id }) => id === number.default_department_id)} />
      ),
    },
    {
      key: "pace",
      header: t("columns.pace"),
      phone: "hidden",
      align: "end",
      cell: (number) => t("pace", { count: number.messages_per_second }),
    },
  ];
  return (
    <DataTable
      label={t("connected")}
      columns={columns}
      rows={numbers}
      rowKey={({ id }) => id}
      onOpen={onOpen}
      empty={<EmptyState icon={Smartphone} title={t("emptyTitle")} body={t("emptyBody")} action={connect} />}
    />
  );
}

/** Whether Meta reaches us, by the last time that it did. */
export function Health({ lastWebhookAt }: { lastWebhookAt: string | null }) {
  const { t, i18n } = useTranslation(["numbers", "app"]);
  if (lastWebhookAt === null) return <Badge tone="warning">{t("numbers:health.never")}</Badge>;
  const when = agoTime(lastWebhookAt, i18n.language, t("app:common.now"));
  return (
    <span className={styles.health}>
      <Badge tone="success">{t("numbers:health.heard")}</Badge>
      <span>{when}</span>
    </span>
  );
}

export function DepartmentName({ department }: { department: DepartmentView | undefined }) {
  if (department === undefined) return null;
  return (
    <span className={styles.department}>
      <DepartmentDot color={department.color} />
      {department.name}
    </span>
  );
}
