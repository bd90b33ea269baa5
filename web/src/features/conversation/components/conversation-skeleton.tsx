import { useTranslation } from "react-i18next";
import styles from "@/features/conversation/components/conversation-skeleton.module.css";

const BUBBLES = [
  { side: "in", width: 46 },
  { side: "in", width: 30 },
  { side: "out", width: 38 },
  { side: "in", width: 54 },
  { side: "out", width: 26 },
  { side: "out", width: 44 },
] as const;

export function ConversationSkeleton({ bodyOnly = false }: { bodyOnly?: boolean }) {
  const { t } = useTranslation("app");
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")}>
      {!bodyOnly && (
        <div className={styles.head}>
          <span className={styles.avatar} />
          <span className={styles.bar} style={{ width: 160 }} />
        </div>
      )}
      <div className={styles.body}>
        {BUBBLES.map(({ side, width }, index) => (
          <span key={index} className={styles.bubble} data-side={side} style={{ width: `${width}%` }} />
        ))}
      </div>
    </div>
  );
}
