import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { DataTable, type Column } from "@/components/data-table";
import { DownloadExport } from "@/components/export-list";
import styles from "@/features/settings/exports/exports.module.css";
import { formatSize } from "@/lib/format-size";
import { agoTime, fullTime } from "@/lib/time/format";
import type { ExportView } from "@/lib/wire/openapi.gen";

const TONES = { pending: "accent", ready: "success", failed: "danger", expired: "neutral" } as const;

export function ExportsTable({ items }: { items: readonly ExportView[] }) {
  const { t, i18n } = useTranslation("exports");
  const { t: app } = useTranslation("app");
  const columns: Column<ExportView>[] = [
    {
      key: "what",
      header: t("page.what"),
      cell: (item) => (
        <span className={styles.what}>
          <strong>{t(`kinds.${item.kind}`)}</strong>
          {item.file_name !== "" && <small>{item.file_name}</small>}
        </span>
      ),
    },
    {
      key: "state",
      header: t("page.state"),
      cell: (item) => <Badge tone={TONES[item.state]}>{t(`page.states.${item.state}`)}</Badge>,
    },
    {
      key: "requested",
      header: t("page.requested"),
      cell: (item) => (
        <span className={styles.what}>
          <time dateTime={item.created_at} title={fullTime(item.created_at, i18n.language)}>
            {agoTime(item.created_at, i18n.language, app("common.now"))}
          </time>{" "}
          <small>{t("page.by", { name: item.requested_by_name })}</small>
        </span>
      ),
    },
    {
      key: "size",
      header: t("page.size"),
      align: "end",
      cell: (item) => (item.size === null ? "–" : formatSize(item.size, i18n.language)),
    },
    {
      key: "expires",
      header: t("page.expires"),
      cell: (item) =>
        item.state === "ready" && item.expires_at !== null ? fullTime(item.expires_at, i18n.language) : "–",
    },
    {
      key: "download",
      header: t("page.actions"),
      phone: "corner",
      align: "end",
      cell: (item) => (item.state === "ready" ? <DownloadExport item={item} /> : null),
    },
  ];
  return (
    <DataTable label={t("list")} columns={columns} rows={items} rowKey={(item) => item.id} empty={null} />
  );
}
