import { Check, Circle } from "lucide-react";
import type { ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField } from "@/components/field";
import styles from "@/components/new-password-field.module.css";
import { PASSWORD_MAX, PASSWORD_MIN, brokenRules, passwordStrength } from "@/lib/password";

interface NewPasswordFieldProps extends Omit<ComponentProps<"input">, "value"> {
  value: string;
  /** Name and e-mail, which must not be the password. */
  personal: readonly string[];
  error?: string | null;
  label?: string;
}

const LEVELS = ["unusable", "weak", "fair", "good", "strong"] as const;

/** A password to be chosen: the rules stand there from the beginning and tick themselves off. */
export function NewPasswordField({ value, personal, error, label, id, ...rest }: NewPasswordFieldProps) {
  const { t } = useTranslation("forms");
  const broken = brokenRules(value, personal);
  const strength = passwordStrength(value, personal);
  const rules = [
    { id: "length", text: t("password.rules.length", { count: PASSWORD_MIN }) },
    { id: "personal", text: t("password.rules.personal") },
    { id: "simple", text: t("password.rules.simple") },
  ] as const;
  return (
    <div className={styles.field}>
      <PasswordField
        {...rest}
        {...(id !== undefined && { id })}
        label={label ?? t("password.new")}
        value={value}
        maxLength={PASSWORD_MAX}
        autoComplete="new-password"
        error={error}
      />
      <div className={styles.meter} data-level={strength} aria-hidden="true">
        {[1, 2, 3, 4].map((level) => (
          <span key={level} data-on={level <= strength ? true : undefined} />
        ))}
      </div>
      <p className={styles.verdict} aria-live="polite">
        {value === "" ? t("password.advice") : t(`password.strength.${LEVELS[strength]}`)}
      </p>
      <ul className={styles.rules}>
        {rules.map((rule) => {
          const met = value !== "" && !broken.includes(rule.id);
          const Icon = met ? Check : Circle;
          return (
            <li key={rule.id} data-met={met ? true : undefined}>
              <Icon size={14} strokeWidth={2.2} aria-hidden="true" />
              {rule.text}
              {met && <span className="visually-hidden"> ({t("password.met")})</span>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
