import { CheckCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/features/auth/sign-in-scene.module.css";

/** The picture beside the form: what Prosa is about, in three bubbles. Decorative, and gone on small screens. */
export function SignInScene() {
  const { t } = useTranslation("app");
  return (
    <aside className={styles.scene} aria-hidden="true">
      <div className={styles.chat}>
        <p className={styles.in}>
          {t("signIn.sampleCustomer")}
          <time>14:02</time>
        </p>
        <p className={styles.out}>
          {t("signIn.sampleAgent")}
          <time>
            14:03 <CheckCheck size={14} />
          </time>
        </p>
        <p className={styles.in}>
          {t("signIn.sampleThanks")}
          <time>14:03</time>
        </p>
      </div>
      <div className={styles.pitch}>
        <p className={styles.title}>{t("signIn.pitchTitle")}</p>
        <p className={styles.body}>{t("signIn.pitchBody")}</p>
      </div>
    </aside>
  );
}
