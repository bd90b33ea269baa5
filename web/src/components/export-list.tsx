import { CircleAlert, FileDown, FileText, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/components/export-list.module.css";
import { SettingsRow } from "@/components/settings-page";
import { downloadExport } from "@/lib/api/exports";
import { formatSize } from "@/lib/format-size";
import { agoTime, fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import type { ExportView } from "@/lib/wire/openapi.gen";

/** Rows of a flush card: what is being made, what can be downloaded, what went wrong. */
export function ExportList({ items }: { items: readonly ExportView[] }) {
  const { t } = useTranslation("exports");
  return (
    <div role="list" aria-label={t("list")} aria-live="polite">
      {items.map((item) => (
        <div key={item.id} role="listitem">
          <ExportRow item={item} />
        </div>
      ))}
    </div>
  );
}

function ExportRow({ item }: { item: ExportView }) {
  const { t, i18n } = useTranslation("exports");
  const { t: app } = useTranslation("app");
  const name = item.requested_by_name;
  const when = agoTime(item.created_at, i18n.language, app("common.now"));
  if (item.state === "pending") {
    return (
      <SettingsRow
        icon={<LoaderCircle className={styles.spin} size={19} strokeWidth={1.8} aria-hidden="true" />}
        title={t("pending")}
        body={
          <>
            {t("pendingHint", { name, when })}
            <span className={styles.bar} aria-hidden="true" />
          </>
        }
      />
    );
  }
  if (item.state !== "ready") {
    return (
      <SettingsRow
        icon={<CircleAlert size={19} strokeWidth={1.8} aria-hidden="true" />}
        title={t("failed")}
        body={t("failedHint", { name, when })}
      />
    );
  }
  const until = item.expires_at === null ? "–" : fullTime(item.expires_at, i18n.language);
  return (
    <SettingsRow
      icon={<FileText size={19} strokeWidth={1.8} aria-hidden="true" />}
      title={item.file_name}
      body={t("ready", { size: formatSize(item.size ?? 0, i18n.language), name, when, until })}
      action={<DownloadExport item={item} />}
    />
  );
}

export function DownloadExport({ item }: { item: ExportView }) {
  const { t } = useTranslation("exports");
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      await downloadExport(item);
      showToast(t("downloaded"));
    } catch (error) {
      showToast(problemText(error), "trouble");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      icon={FileDown}
      busy={busy}
      aria-label={t("downloadOf", { file: item.file_name })}
      onClick={() => void download()}
    >
      {t("download")}
    </Button>
  );
}
