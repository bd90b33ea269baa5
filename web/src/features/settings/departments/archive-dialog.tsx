import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { ConfirmDialog, Dialog } from "@/components/dialog";
import { archiveDepartment, useRefreshDepartments } from "@/features/settings/departments/api";
import styles from "@/features/settings/departments/departments.module.css";
import { ProblemError } from "@/lib/http/problem";
import { showToast } from "@/lib/toasts";
import type { DepartmentView } from "@/lib/wire/openapi.gen";

/** What holds a department in use, as `department_in_use` counts it. */
interface Holds {
  tickets: number;
  numbers: number;
  invitations: number;
}

function parseHolds(error: unknown): Holds | null {
  if (!(error instanceof ProblemError) || error.code !== "department_in_use") return null;
  const count = (member: string) => {
    const value = error.problem[member];
    return typeof value === "number" ? value : 0;
  };
  return { tickets: count("open_tickets"), numbers: count("numbers"), invitations: count("invitations") };
}

interface ArchiveDialogProps {
  department: DepartmentView;
  onClose: () => void;
}

/** Archiving is refused while anything would be lost with it: then this says what, and where to see to it. */
export function ArchiveDialog({ department, onClose }: ArchiveDialogProps) {
  const { t } = useTranslation("departments");
  const refresh = useRefreshDepartments();
  const [holds, setHolds] = useState<Holds | null>(null);
  const { name } = department;
  if (holds !== null) {
    return <RefusedDialog {...{ department, holds, onClose }} onAgain={() => setHolds(null)} />;
  }
  return (
    <ConfirmDialog
      title={t("archiving.title", { name })}
      body={t("archiving.body")}
      confirm={t("archiving.confirm")}
      onClose={onClose}
      onConfirm={async () => {
        try {
          await archiveDepartment(department.id);
        } catch (error) {
          setHolds(parseHolds(error));
          throw error;
        }
        await refresh();
        showToast(t("archiving.done", { name }));
      }}
    />
  );
}

interface RefusedDialogProps extends ArchiveDialogProps {
  holds: Holds;
  onAgain: () => void;
}

function RefusedDialog({ department, holds, onAgain, onClose }: RefusedDialogProps) {
  const { t } = useTranslation("departments");
  const { t: app } = useTranslation("app");
  const reason = (key: keyof Holds, link?: ReactNode) =>
    holds[key] > 0 && (
      <li>
        <strong>{t(`archiving.${key}`, { count: holds[key] })}</strong>
        <span>
          {t(`archiving.${key}How`)} {link}
        </span>
      </li>
    );
  return (
    <Dialog
      title={t("archiving.refused", { name: department.name })}
      lead={t("archiving.refusedBody")}
      onClose={onClose}
    >
      <ul className={styles.reasons} role="alert">
        {reason(
          "tickets",
          <Link to="/inbox/$view" params={{ view: "all" }} search={{ department: department.id } as never}>
            {t("archiving.toTickets")}
          </Link>,
        )}
        {reason("numbers")}
        {reason(
          "invitations",
          <Link to="/settings/$page" params={{ page: "people" }}>
            {t("archiving.toPeople")}
          </Link>,
        )}
      </ul>
      <footer className={styles.foot}>
        <Button variant="quiet" onClick={onAgain}>
          {t("archiving.again")}
        </Button>
        <Button variant="primary" data-autofocus onClick={onClose}>
          {app("common.close")}
        </Button>
      </footer>
    </Dialog>
  );
}
