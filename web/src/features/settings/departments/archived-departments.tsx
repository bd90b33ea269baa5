import { ArchiveRestore } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { SettingsCard } from "@/components/settings-page";
import { changeDepartment, useRefreshDepartments } from "@/features/settings/departments/api";
import styles from "@/features/settings/departments/departments.module.css";
import { fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { DepartmentView } from "@/lib/wire/openapi.gen";

/** Out of use, not forgotten. Nothing to see where there are none. */
export function ArchivedDepartments({ departments }: { departments: readonly DepartmentView[] }) {
  const { t } = useTranslation("departments");
  const archived = departments.filter((department) => department.archived_at !== null);
  if (archived.length === 0) return null;
  return (
    <SettingsCard flush title={t("archived")} lead={t("archivedLead")}>
      <ul className={styles.rows}>
        {archived.map((department) => (
          <ArchivedRow key={department.id} department={department} />
        ))}
      </ul>
    </SettingsCard>
  );
}

function ArchivedRow({ department }: { department: DepartmentView }) {
  const { t, i18n } = useTranslation("departments");
  const refresh = useRefreshDepartments();
  const problemText = useProblemText();
  const task = useTask();
  const { name } = department;
  const restore = async () => {
    try {
      await changeDepartment(department.id, { version: department.version, archived: false });
      await refresh();
      showToast(t("restored", { name }));
    } catch (error) {
      showToast(problemText(error), "trouble");
    }
  };
  return (
    <li className={styles.row}>
      <span className={styles.swatch} style={{ "--dot": department.color }} data-faded aria-hidden="true" />
      <div className={styles.name}>
        <strong>{name}</strong>
        {department.archived_at !== null && (
          <span>{t("since", { when: fullTime(department.archived_at, i18n.language) })}</span>
        )}
      </div>
      <Button
        icon={ArchiveRestore}
        busy={task.busy}
        aria-label={t("restoreOf", { name })}
        onClick={() => void task.run(restore)}
      >
        {t("restore")}
      </Button>
    </li>
  );
}
