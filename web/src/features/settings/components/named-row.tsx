import type { ReactNode } from "react";
import styles from "@/features/settings/components/named-row.module.css";

interface NamedRowProps {
  /** An avatar or an icon. */
  mark: ReactNode;
  name: ReactNode;
  /** Beside the name. */
  badges?: ReactNode;
  /** Under it: an address. */
  detail?: ReactNode;
  /** Still listed, no longer acting. */
  isOff?: boolean;
}

/** Who or what a row is about. */
export function NamedRow({ mark, name, badges, detail, isOff = false }: NamedRowProps) {
  return (
    <span className={styles.named} data-off={isOff ? true : undefined}>
      {mark}
      <span className={styles.words}>
        <strong>
          {name}
          {badges}
        </strong>
        {Boolean(detail) && <small>{detail}</small>}
      </span>
    </span>
  );
}
