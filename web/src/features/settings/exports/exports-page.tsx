import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileArchive, FileClock } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/dialog";
import { EmptyState } from "@/components/empty-state";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { requestAccountExport } from "@/features/settings/exports/api";
import { ExportsTable } from "@/features/settings/exports/exports-table";
import { exportsKey, exportsQuery } from "@/lib/api/exports";
import { useMay } from "@/lib/permissions";
import { showToast } from "@/lib/toasts";

/** Every file that was asked for, of the kinds that one may have. Mails lead here. */
export default function ExportsPage() {
  const { t } = useTranslation("exports");
  const cache = useQueryClient();
  const query = useQuery(exportsQuery);
  const mayExportAll = useMay("account.manage");
  const [asking, setAsking] = useState(false);
  return (
    <SettingsPage
      title={t("page.title")}
      lead={t("page.lead")}
      width="table"
      actions={
        mayExportAll && (
          <Button icon={FileArchive} onClick={() => setAsking(true)}>
            {t("page.all")}
          </Button>
        )
      }
    >
      <SettingsCard flush>
        <Loaded query={query}>
          {(items) =>
            items.length === 0 ? (
              <EmptyState icon={FileClock} title={t("page.none")} body={t("page.noneBody")} />
            ) : (
              <ExportsTable items={items} />
            )
          }
        </Loaded>
      </SettingsCard>
      {asking && (
        <ConfirmDialog
          tone="primary"
          title={t("page.allTitle")}
          body={t("page.allBody")}
          confirm={t("page.allConfirm")}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await requestAccountExport();
            await cache.invalidateQueries({ queryKey: exportsKey });
            showToast(t("started"));
          }}
        />
      )}
    </SettingsPage>
  );
}
