import { Check } from "lucide-react";
import { useId, type ReactNode } from "react";
import { DepartmentDot } from "@/components/department-dot";
import styles from "@/components/department-picker.module.css";
import type { DepartmentView } from "@/lib/wire/openapi.gen";

interface DepartmentPickerProps {
  label: string;
  hint?: ReactNode;
  departments: readonly DepartmentView[];
  chosen: readonly string[];
  disabled?: boolean;
  onChange: (chosen: string[]) => void;
}

/** Some of the departments. An archived one is shown only to be taken away. */
export function DepartmentPicker({
  label,
  hint,
  departments,
  chosen,
  disabled,
  onChange,
}: DepartmentPickerProps) {
  const id = useId();
  const offered = departments.filter(
    (department) => department.archived_at === null || chosen.includes(department.id),
  );
  return (
    <div role="group" aria-labelledby={id} className={styles.field}>
      <span id={id} className={styles.label}>
        {label}
      </span>
      <div className={styles.chips}>
        {offered.map((department) => {
          const isChosen = chosen.includes(department.id);
          return (
            <label key={department.id} className={styles.chip}>
              <input
                type="checkbox"
                className="visually-hidden"
                checked={isChosen}
                disabled={disabled}
                onChange={() =>
                  onChange(
                    isChosen ? chosen.filter((one) => one !== department.id) : [...chosen, department.id],
                  )
                }
              />
              {isChosen ? (
                <Check size={15} strokeWidth={2.4} aria-hidden="true" />
              ) : (
                <span className={styles.dot}>
                  <DepartmentDot color={department.color} />
                </span>
              )}
              {department.name}
            </label>
          );
        })}
      </div>
      {Boolean(hint) && <p className={styles.hint}>{hint}</p>}
    </div>
  );
}
