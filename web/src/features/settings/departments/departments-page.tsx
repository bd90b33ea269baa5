import { useQuery } from "@tanstack/react-query";
import { Network, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { ArchiveDialog } from "@/features/settings/departments/archive-dialog";
import { ArchivedDepartments } from "@/features/settings/departments/archived-departments";
import { DepartmentDialog } from "@/features/settings/departments/department-dialog";
import { DepartmentRows } from "@/features/settings/departments/department-rows";
import { inOrder } from "@/features/settings/departments/order";
import { departmentsQuery } from "@/lib/api/queries";
import type { DepartmentView } from "@/lib/wire/openapi.gen";

type Doing = { action: "create" } | { action: "edit" | "archive"; department: DepartmentView };

export default function DepartmentsPage() {
  const { t } = useTranslation("departments");
  const query = useQuery(departmentsQuery);
  const [doing, setDoing] = useState<Doing | null>(null);
  const stop = () => setDoing(null);
  const create = (
    <Button variant="primary" icon={Plus} onClick={() => setDoing({ action: "create" })}>
      {t("create")}
    </Button>
  );
  return (
    <SettingsPage title={t("title")} lead={t("lead")} actions={create}>
      <SettingsCard flush title={t("active")}>
        <Loaded query={query}>
          {(departments) =>
            inOrder(departments).length === 0 ? (
              <EmptyState icon={Network} title={t("emptyTitle")} body={t("emptyBody")} action={create} />
            ) : (
              <DepartmentRows
                departments={departments}
                onEdit={(department) => setDoing({ action: "edit", department })}
                onArchive={(department) => setDoing({ action: "archive", department })}
              />
            )
          }
        </Loaded>
      </SettingsCard>
      <ArchivedDepartments departments={query.data ?? []} />
      {doing !== null && doing.action !== "archive" && (
        <DepartmentDialog
          department={doing.action === "edit" ? doing.department : null}
          count={query.data?.length ?? 0}
          onClose={stop}
        />
      )}
      {doing?.action === "archive" && <ArchiveDialog department={doing.department} onClose={stop} />}
    </SettingsPage>
  );
}
