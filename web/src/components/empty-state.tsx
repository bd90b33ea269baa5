import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "@/components/empty-state.module.css";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  body?: string;
  action?: ReactNode;
}

/** A view that has nothing to show says so, warmly, and says what to do. */
export function EmptyState({ icon: Icon, title, body, action }: EmptyStateProps) {
  return (
    <div className={styles.empty} role="status">
      <span className={styles.icon}>
        <Icon size={24} strokeWidth={1.6} aria-hidden="true" />
      </span>
      <p className={styles.title}>{title}</p>
      {body && <p className={styles.body}>{body}</p>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
