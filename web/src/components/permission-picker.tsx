import { Lock, ShieldAlert } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { CheckField } from "@/components/field";
import styles from "@/components/permission-picker.module.css";
import type { Permission, PermissionView } from "@/lib/wire/openapi.gen";

/** With these a person reaches further than what is written: they decide what others may do. */
const POWERFUL: readonly Permission[] = [
  "people.manage",
  "roles.manage",
  "security.manage",
  "api_keys.manage",
];

interface PermissionPickerProps {
  permissions: readonly PermissionView[];
  chosen: readonly Permission[];
  /** What whoever chooses has: nobody gives what they lack. */
  own: readonly string[];
  readOnly?: boolean;
  onChange: (chosen: Permission[]) => void;
}

/** Permissions in their groups, in words. What is not one's own to give is there to be read, and says why. */
export function PermissionPicker({ permissions, ...rest }: PermissionPickerProps) {
  const groups = [...new Set(permissions.map((permission) => permission.group))];
  return (
    <div className={styles.groups} data-read-only={rest.readOnly === true ? true : undefined}>
      {groups.map((group) => (
        <PermissionGroup
          key={group}
          group={group}
          names={permissions.filter((permission) => permission.group === group).map(({ name }) => name)}
          {...rest}
        />
      ))}
    </div>
  );
}

interface PermissionGroupProps extends Omit<PermissionPickerProps, "permissions"> {
  group: PermissionView["group"];
  names: readonly Permission[];
}

function PermissionGroup({ group, names, chosen, own, readOnly = false, onChange }: PermissionGroupProps) {
  const { t } = useTranslation("permissions");
  const id = useId();
  const mine = names.filter((name) => own.includes(name));
  const isWhole = mine.every((name) => chosen.includes(name));
  const set = (changed: readonly Permission[], on: boolean) => {
    const others = chosen.filter((name) => !changed.includes(name));
    onChange(on ? [...others, ...changed] : others);
  };
  const title = t(`groups.${group}`);
  return (
    <div role="group" aria-labelledby={id} className={styles.group}>
      <header>
        <h3 id={id}>{title}</h3>
        {!readOnly && mine.length > 1 && (
          <button
            type="button"
            aria-label={t(isWhole ? "noneOf" : "allOf", { group: title })}
            onClick={() => set(mine, !isWhole)}
          >
            {t(isWhole ? "none" : "all")}
          </button>
        )}
      </header>
      {names.map((name) => {
        const isLocked = !readOnly && !own.includes(name);
        return (
          <CheckField
            key={name}
            checked={chosen.includes(name)}
            disabled={readOnly || isLocked}
            onChange={(event) => set([name], event.target.checked)}
            label={
              <span className={styles.name}>
                {t(`names.${name}.title`)}
                {POWERFUL.includes(name) && (
                  <Badge tone="warning">
                    <ShieldAlert size={13} aria-hidden="true" />
                    <span title={t("powerfulHint")}>{t("powerful")}</span>
                  </Badge>
                )}
              </span>
            }
            hint={
              <>
                {t(`names.${name}.body`)}
                {isLocked && (
                  <span className={styles.locked}>
                    <Lock size={13} aria-hidden="true" />
                    {t("locked")}
                  </span>
                )}
              </>
            }
          />
        );
      })}
    </div>
  );
}
