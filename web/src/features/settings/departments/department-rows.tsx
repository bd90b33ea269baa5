import { useQuery } from "@tanstack/react-query";
import { Archive, ArrowDown, ArrowUp, Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/icon-button";
import styles from "@/features/settings/departments/departments.module.css";
import { inOrder } from "@/features/settings/departments/order";
import { useReorder } from "@/features/settings/departments/use-reorder";
import { membersQuery } from "@/lib/api/queries";
import type { DepartmentView } from "@/lib/wire/openapi.gen";

interface DepartmentRowsProps {
  departments: readonly DepartmentView[];
  onEdit: (department: DepartmentView) => void;
  onArchive: (department: DepartmentView) => void;
}

/** In their order, each with what can be done with it. The arrows keep the focus: several steps are several presses. */
export function DepartmentRows({ departments, onEdit, onArchive }: DepartmentRowsProps) {
  const { t } = useTranslation("departments");
  const { data: members = [] } = useQuery(membersQuery);
  const { busy, move } = useReorder(departments);
  const [told, setTold] = useState("");
  const ordered = inOrder(departments);
  const step = ({ id, name }: DepartmentView, by: -1 | 1) => {
    const after = move(id, by);
    const place = after.findIndex((one) => one.id === id) + 1;
    setTold(t("moved", { name, place, total: after.length }));
  };
  return (
    <>
      <ol className={styles.rows} aria-busy={busy}>
        {ordered.map((department, index) => {
          const { id, name } = department;
          const people = members.filter((member) => member.department_ids.includes(id)).length;
          return (
            <li key={id} className={styles.row} data-testid="department">
              <span className={styles.swatch} style={{ "--dot": department.color }} aria-hidden="true" />
              <div className={styles.name}>
                <strong>{name}</strong>
                <span data-empty={people === 0 ? true : undefined}>
                  {people === 0 ? t("nobody") : t("people", { count: people })}
                </span>
              </div>
              <div className={styles.actions}>
                <IconButton
                  icon={ArrowUp}
                  size={18}
                  label={t("up", { name })}
                  aria-disabled={index === 0}
                  onClick={() => step(department, -1)}
                />
                <IconButton
                  icon={ArrowDown}
                  size={18}
                  label={t("down", { name })}
                  aria-disabled={index === ordered.length - 1}
                  onClick={() => step(department, 1)}
                />
                <IconButton
                  icon={Pencil}
                  size={18}
                  label={t("edit", { name })}
                  onClick={() => onEdit(department)}
                />
                <IconButton
                  icon={Archive}
                  size={18}
                  label={t("archive", { name })}
                  onClick={() => onArchive(department)}
                />
              </div>
            </li>
          );
        })}
      </ol>
      <p className="visually-hidden" role="status">
        {told}
      </p>
    </>
  );
}
