import { CheckCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/features/auth/sign-in-scene.module.css";

/** The picture beside the form: what Prosa is about, in three bubbles. Decorative, and gone on small screens. */
export function SignInScene() {
  const { t } = useTranslation("auth");
  return (
    <aside className={styles.scene} aria-hidden="true">
      <div className={styles.chat}>
        <p className={styles.in}>
          {t("scene.sampleCustomer")}
          <time>14:02</time>
        </p>
        <p className={styles.out}>
          {t("scene.sampleAgent")}
          <time>
            14:03 <CheckCheck size={14} />
          </time>
        </p>
        <p className={styles.in}>
          {t("scene.sampleThanks")}
          <time>14:03</time>
        </p>
      </div>
      <div className={styles.pitch}>
        <p className={styles.title}>{t("scene.pitchTitle")}</p>
        <p className={styles.body}>{t("scene.pitchBody")}</p>
      </div>
    </aside>
  );
}
