import { Check } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import {
  changeDepartment,
  createDepartment,
  useRefreshDepartments,
} from "@/features/settings/departments/api";
import styles from "@/features/settings/departments/departments.module.css";
import { showToast } from "@/lib/toasts";
import type { DepartmentView } from "@/lib/wire/openapi.gen";

/** As POST /v1/departments. */
const NAME_MAX = 60;

/** Colours that are told apart beside each other and hold on light and dark ground. */
const COLORS = [
  ["petrol", "#0f8a7e"],
  ["blue", "#3f7fd0"],
  ["violet", "#8e5bb5"],
  ["rose", "#c94f80"],
  ["terracotta", "#c76537"],
  ["amber", "#b8860b"],
  ["green", "#5b8c3a"],
  ["slate", "#5b7083"],
] as const;

interface DepartmentDialogProps {
  /** Null: a new one. */
  department: DepartmentView | null;
  /** How many there are: a new one gets a colour of its own as long as there is one. */
  count: number;
  onClose: () => void;
}

export function DepartmentDialog({ department, count, onClose }: DepartmentDialogProps) {
  const { t } = useTranslation("departments");
  const refresh = useRefreshDepartments();
  const [name, setName] = useState(department?.name ?? "");
  const [color, setColor] = useState(department?.color ?? COLORS[count % COLORS.length]?.[1] ?? COLORS[0][1]);
  const given = name.trim();
  const isSame = department !== null && given === department.name && color === department.color;
  return (
    <FormDialog
      title={t(department ? "form.editTitle" : "form.createTitle")}
      submit={t(department ? "form.save" : "form.create")}
      disabled={given === "" || isSame}
      onClose={onClose}
      onSubmit={async () => {
        if (department === null) await createDepartment({ name: given, color });
        else await changeDepartment(department.id, { version: department.version, name: given, color });
        await refresh();
        showToast(t(department ? "form.saved" : "form.created", { name: given }));
      }}
    >
      <TextField
        label={t("form.name")}
        value={name}
        maxLength={NAME_MAX}
        data-autofocus
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
      />
      <ColorField value={color} onChange={setColor} />
    </FormDialog>
  );
}

function ColorField({ value, onChange }: { value: string; onChange: (color: string) => void }) {
  const { t } = useTranslation("departments");
  const id = useId();
  const isOwn = !COLORS.some(([, color]) => color === value);
  return (
    <div role="radiogroup" aria-labelledby={id}>
      <span id={id} className={styles.label}>
        {t("form.color")}
      </span>
      <div className={styles.colors}>
        {COLORS.map(([name, color]) => (
          <label key={color} className={styles.color} title={t(`form.colorNames.${name}`)}>
            <input
              type="radio"
              name={id}
              className="visually-hidden"
              checked={color === value}
              aria-label={t(`form.colorNames.${name}`)}
              onChange={() => onChange(color)}
            />
            <span style={{ "--dot": color }}>
              {color === value && <Check size={16} aria-hidden="true" />}
            </span>
          </label>
        ))}
        <label className={styles.ownColor} data-chosen={isOwn ? true : undefined}>
          <input type="color" value={value} onChange={(event) => onChange(event.target.value)} />
          {t("form.ownColor")}
        </label>
      </div>
    </div>
  );
}
