import styles from "@/components/department-dot.module.css";

/** A department's colour; its name always stands beside it. */
export function DepartmentDot({ color }: { color: string }) {
  return <span className={styles.dot} style={{ "--dot": color }} aria-hidden="true" />;
}
