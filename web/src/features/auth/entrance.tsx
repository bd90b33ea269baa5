import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Wordmark } from "@/components/logo";
import styles from "@/features/auth/entrance.module.css";
import { SignInScene } from "@/features/auth/sign-in-scene";
import { switchLanguage } from "@/lib/i18n/i18n";
import { changePreferences, type Locale } from "@/lib/preferences";

const LANGUAGES: readonly { locale: Locale; name: string }[] = [
  { locale: "pt-BR", name: "Português" },
  { locale: "en", name: "English" },
];

/** The frame of everything before the session: sign-in, links from mails. */
export function Entrance({ announcement, children }: { announcement?: ReactNode; children: ReactNode }) {
  const { t, i18n } = useTranslation("auth");

  useEffect(() => {
    document.title = "Prosa";
  }, []);

  const language = (locale: Locale) => {
    changePreferences({ locale });
    void switchLanguage(locale);
  };

  return (
    <div className={styles.page}>
      <main className={styles.main}>
        {announcement}
        <header className={styles.top}>
          <Wordmark size={30} />
          <div className={styles.languages} role="group" aria-label={t("language")}>
            {LANGUAGES.map(({ locale, name }) => (
              <button
                key={locale}
                type="button"
                lang={locale}
                aria-pressed={i18n.language === locale}
                onClick={() => language(locale)}
              >
                {name}
              </button>
            ))}
          </div>
        </header>
        <div className={styles.place}>{children}</div>
        <footer className={styles.foot}>{t("tagline")}</footer>
      </main>
      <SignInScene />
    </div>
  );
}

interface StepProps {
  title: string;
  lead?: ReactNode;
  mark?: ReactNode;
  /** Whoever comes from another step hears the new title; a first page lets its field have the focus. */
  takesFocus?: boolean;
  children: ReactNode;
}

/** One thing asked at a time. */
export function Step({ title, lead, mark, takesFocus = false, children }: StepProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const element = heading.current;
    if (takesFocus && !element?.parentElement?.contains(document.activeElement)) element?.focus();
  }, [takesFocus]);
  return (
    <div className={styles.step}>
      {mark}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {Boolean(lead) && <p className={styles.lead}>{lead}</p>}
      {children}
    </div>
  );
}
