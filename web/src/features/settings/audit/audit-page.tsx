import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, FileSpreadsheet, Braces } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ExportList } from "@/components/export-list";
import { Menu } from "@/components/menu";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { exportAudit } from "@/features/settings/audit/api";
import { AuditFilters } from "@/features/settings/audit/components/audit-filters";
import { AuditList } from "@/features/settings/audit/components/audit-list";
import { ChainCard } from "@/features/settings/audit/components/chain-card";
import { isFiltered, parseFilter } from "@/features/settings/audit/model/filter";
import { exportsKey, exportsOf, exportsQuery } from "@/lib/api/exports";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { AuditExportBody } from "@/lib/wire/openapi.gen";

export default function AuditPage() {
  const { t } = useTranslation("audit");
  const { data: files } = useQuery(exportsQuery);
  const [search, setSearch] = useUrlFilter();
  const filter = parseFilter(search);
  const exported = exportsOf(files ?? [], "audit");
  return (
    <SettingsPage
      title={t("title")}
      lead={t("lead")}
      width="table"
      actions={<ExportMenu filtered={isFiltered(filter)} order={(format) => exportAudit(format, filter)} />}
    >
      <ChainCard />
      {exported.length > 0 && (
        <SettingsCard flush title={t("exports")}>
          <ExportList items={exported.slice(0, EXPORTS_SHOWN)} />
        </SettingsCard>
      )}
      <SettingsCard flush>
        <AuditFilters filter={filter} onChange={setSearch} />
        <AuditList filter={filter} onFilter={setSearch} />
      </SettingsCard>
    </SettingsPage>
  );
}

/** Older ones are a week's history that nobody scrolls through. */
const EXPORTS_SHOWN = 3;

interface ExportMenuProps {
  filtered: boolean;
  order: (format: AuditExportBody["format"]) => Promise<unknown>;
}

function ExportMenu({ filtered, order }: ExportMenuProps) {
  const { t } = useTranslation("audit");
  const { t: exports } = useTranslation("exports");
  const cache = useQueryClient();
  const problemText = useProblemText();
  const { busy, run } = useTask();
  const ask = (format: AuditExportBody["format"]) =>
    void run(async () => {
      try {
        await order(format);
        await cache.invalidateQueries({ queryKey: exportsKey });
        showToast(exports("started"));
      } catch (error) {
        showToast(problemText(error), "trouble");
      }
    });
  return (
    <Menu
      label={t("export.label")}
      width={270}
      sections={[
        {
          key: "formats",
          ...(filtered && { label: t("export.filtered") }),
          entries: [
            { key: "csv", label: t("export.csv"), icon: FileSpreadsheet, onSelect: () => ask("csv") },
            { key: "jsonl", label: t("export.jsonl"), icon: Braces, onSelect: () => ask("jsonl") },
          ],
        },
      ]}
      trigger={(props) => (
        <Button busy={busy} icon={ChevronDown} {...props}>
          {t("export.label")}
        </Button>
      )}
    />
  );
}
