import { AlertCircle, Eye, EyeOff } from "lucide-react";
import {
  useId,
  useState,
  type ComponentProps,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react";
import { useTranslation } from "react-i18next";
import styles from "@/components/field.module.css";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  /** Says so beside the label: everything else is needed. */
  optional?: boolean;
}

interface ControlProps {
  id: string;
  className: string;
  "aria-invalid": boolean | undefined;
  "aria-describedby": string | undefined;
}

/** A label, a control, what helps to fill it, and what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  optional = false,
  id: givenId,
  children,
}: FieldProps & { id?: string | undefined; children: (control: ControlProps) => ReactNode }) {
  const { t } = useTranslation("app");
  const ownId = useId();
  const id = givenId ?? ownId;
  const isWrong = Boolean(error);
  const notes = [isWrong && `${id}-error`, Boolean(hint) && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {optional && <em>{t("common.optional")}</em>}
      </label>
      {children({
        id,
        className: styles.input ?? "",
        "aria-invalid": isWrong || undefined,
        "aria-describedby": notes === "" ? undefined : notes,
      })}
      {isWrong && (
        <p id={`${id}-error`} className={styles.error}>
          <AlertCircle size={15} aria-hidden="true" />
          {error}
        </p>
      )}
      {Boolean(hint) && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

type Own = FieldProps & { id?: string };

export function TextField({ label, hint, error, optional, id, ...rest }: Own & ComponentProps<"input">) {
  return (
    <Field {...{ label, hint, error, optional, id }}>
      {(control) => <input type="text" {...rest} {...control} />}
    </Field>
  );
}

export function TextareaField({
  label,
  hint,
  error,
  optional,
  id,
  ...rest
}: Own & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Field {...{ label, hint, error, optional, id }}>
      {(control) => <textarea {...rest} {...control} />}
    </Field>
  );
}

export interface SelectOption {
  value: string;
  label: string;
  disabled?: boolean;
}

/** The browser's own list: it is the best one on every phone. */
export function SelectField({
  label,
  hint,
  error,
  optional,
  id,
  options,
  ...rest
}: Own & SelectHTMLAttributes<HTMLSelectElement> & { options: readonly SelectOption[] }) {
  return (
    <Field {...{ label, hint, error, optional, id }}>
      {(control) => (
        <select {...rest} {...control}>
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What is typed can be shown: on a phone that is the only way to get a long one right. */
export function PasswordField({ label, hint, error, optional, id, ...rest }: Own & ComponentProps<"input">) {
  const { t } = useTranslation("forms");
  const [shown, setShown] = useState(false);
  return (
    <Field {...{ label, hint, error, optional, id }}>
      {(control) => (
        <div className={styles.withButton}>
          <input autoComplete="current-password" {...rest} {...control} type={shown ? "text" : "password"} />
          <button
            type="button"
            className={styles.eye}
            aria-label={t(shown ? "password.hide" : "password.show")}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff size={18} aria-hidden="true" /> : <Eye size={18} aria-hidden="true" />}
          </button>
        </div>
      )}
    </Field>
  );
}

interface CheckFieldProps extends Omit<ComponentProps<"input">, "type"> {
  label: ReactNode;
  hint?: ReactNode;
  type?: "checkbox" | "radio";
}

export function CheckField({ label, hint, type = "checkbox", disabled, ...rest }: CheckFieldProps) {
  return (
    <label className={styles.choice} data-disabled={disabled === true ? true : undefined}>
      <input type={type} disabled={disabled} {...rest} />
      <span>
        <strong>{label}</strong>
        {Boolean(hint) && <small>{hint}</small>}
      </span>
    </label>
  );
}

interface SwitchFieldProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** For what takes effect at once; in a form that is saved, a CheckField. */
export function SwitchField({ label, hint, checked, disabled, onChange }: SwitchFieldProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      disabled={disabled}
      className={styles.switch}
      onClick={() => onChange(!checked)}
    >
      <span>
        <strong>{label}</strong>
        {Boolean(hint) && <small>{hint}</small>}
      </span>
      <span className={styles.track} aria-hidden="true" />
    </button>
  );
}
