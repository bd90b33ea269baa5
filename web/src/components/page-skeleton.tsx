import styles from "@/components/page-skeleton.module.css";

/** A settings page that is on its way: its shape, so that nothing jumps. */
export function PageSkeleton() {
  return (
    <div className={styles.page} aria-busy="true">
      <span className={styles.title} />
      <RowsSkeleton />
    </div>
  );
}

export function RowsSkeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div className={styles.rows} aria-busy="true">
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className={styles.row} />
      ))}
    </div>
  );
}
