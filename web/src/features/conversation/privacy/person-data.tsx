import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileArchive, LoaderCircle, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { DownloadExport } from "@/components/export-list";
import { exportContact } from "@/features/conversation/privacy/api";
import styles from "@/features/conversation/privacy/contact-privacy.module.css";
import { EraseDialog } from "@/features/conversation/privacy/erase-dialog";
import { exportsKey, exportsOf, exportsQuery } from "@/lib/api/exports";
import { formatSize } from "@/lib/format-size";
import { agoTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { ContactView, ExportView } from "@/lib/wire/openapi.gen";

/** A copy of everything, and an end to it (LGPD, article 18). */
export function PersonData({ contact }: { contact: ContactView }) {
  const { t } = useTranslation("contactPrivacy");
  const cache = useQueryClient();
  const problemText = useProblemText();
  const { data: all = [] } = useQuery(exportsQuery);
  const newest = exportsOf(all, "contact").find((item) => item.subject_id === contact.id);
  const { busy, run } = useTask();
  const [erasing, setErasing] = useState(false);
  const order = () =>
    void run(async () => {
      try {
        await exportContact(contact.id);
        await cache.invalidateQueries({ queryKey: exportsKey });
        showToast(t("data.exportStarted"));
      } catch (error) {
        showToast(problemText(error), "trouble");
      }
    });
  return (
    <section aria-label={t("data.title")}>
      <h3>{t("data.title")}</h3>
      {newest && <Newest item={newest} />}
      <div className={styles.buttons}>
        <Button
          icon={FileArchive}
          busy={busy}
          disabled={newest?.state === "pending"}
          title={t("data.exportHint")}
          onClick={order}
        >
          {t(newest === undefined ? "data.export" : "data.exportAgain")}
        </Button>
        <Button variant="danger" icon={Trash2} onClick={() => setErasing(true)}>
          {t("data.erase")}
        </Button>
      </div>
      {erasing && <EraseDialog contact={contact} onClose={() => setErasing(false)} />}
    </section>
  );
}

function Newest({ item }: { item: ExportView }) {
  const { t, i18n } = useTranslation("contactPrivacy");
  const { t: app } = useTranslation("app");
  if (item.state === "ready") {
    const when = agoTime(item.created_at, i18n.language, app("common.now"));
    return (
      <div className={styles.file}>
        <span>
          {item.file_name}
          <small>
            {formatSize(item.size ?? 0, i18n.language)} · {when}
          </small>
        </span>
        <DownloadExport item={item} />
      </div>
    );
  }
  return (
    <p className={styles.note} role="status">
      {item.state === "pending" && <LoaderCircle className={styles.spin} size={14} aria-hidden="true" />}
      {t(item.state === "pending" ? "data.exporting" : "data.exportFailed")}
    </p>
  );
}
