import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "@/components/notice.module.css";

interface NoticeProps {
  tone?: "info" | "success" | "warning" | "danger";
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, danger: CircleAlert } as const;

/** Something to know before going on, in place. Trouble is told at once to whoever listens. */
export function Notice({ tone = "info", title, children, action }: NoticeProps) {
  const Icon = ICONS[tone];
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "danger" ? "alert" : "status"}>
      <Icon size={18} aria-hidden="true" />
      <div>
        {Boolean(title) && <strong>{title}</strong>}
        {Boolean(children) && <div>{children}</div>}
        {Boolean(action) && <div className={styles.action}>{action}</div>}
      </div>
    </div>
  );
}
