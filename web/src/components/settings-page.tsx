import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/components/settings-page.module.css";

interface SettingsPageProps {
  title: string;
  lead?: ReactNode;
  /** The page's main action, beside its title. */
  actions?: ReactNode;
  /** Tables need room; forms are easier to read narrow. */
  width?: "form" | "table";
  /** Where the arrow leads on a phone; by default to the list of settings. Wide screens show it only when given. */
  back?: { label: string; onClick: () => void };
  children: ReactNode;
}

/** The frame of every page of /settings. */
export function SettingsPage({ title, lead, actions, width = "form", back, children }: SettingsPageProps) {
  const { t } = useTranslation("app");
  return (
    <div className={styles.page} data-width={width}>
      <header className={styles.head}>
        {back === undefined ? (
          <Link
            to="/settings"
            className={`${styles.back ?? ""} ${styles.phone ?? ""}`}
            aria-label={t("common.back")}
          >
            <ArrowLeft size={20} aria-hidden="true" />
          </Link>
        ) : (
          <button type="button" className={styles.back} aria-label={back.label} onClick={back.onClick}>
            <ArrowLeft size={20} aria-hidden="true" />
          </button>
        )}
        <div className={styles.titles}>
          <h1>{title}</h1>
          {Boolean(lead) && <p>{lead}</p>}
        </div>
        {Boolean(actions) && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface SettingsCardProps {
  title?: ReactNode;
  lead?: ReactNode;
  /** Beside the title: a state, a switch, a button. */
  aside?: ReactNode;
  /** Buttons at the end, on their own ground. */
  foot?: ReactNode;
  tone?: "danger";
  /** Tables and lists reach the edges. */
  flush?: boolean;
  children?: ReactNode;
}

/** One subject of a page. */
export function SettingsCard({ title, lead, aside, foot, tone, flush = false, children }: SettingsCardProps) {
  const id = useId();
  return (
    <section
      className={styles.card}
      data-tone={tone}
      data-flush={flush ? true : undefined}
      {...(Boolean(title) && { "aria-labelledby": id })}
    >
      {(Boolean(title) || Boolean(aside)) && (
        <header className={styles.cardHead}>
          <div>
            <h2 id={id}>{title}</h2>
            {Boolean(lead) && <p>{lead}</p>}
          </div>
          {Boolean(aside) && <div className={styles.aside}>{aside}</div>}
        </header>
      )}
      {Boolean(children) && <div className={styles.cardBody}>{children}</div>}
      {Boolean(foot) && <footer className={styles.cardFoot}>{foot}</footer>}
    </section>
  );
}

interface SettingsRowProps {
  icon?: ReactNode;
  title: ReactNode;
  body?: ReactNode;
  action?: ReactNode;
}

/** A line of a card: what it is, and what can be done about it. */
export function SettingsRow({ icon, title, body, action }: SettingsRowProps) {
  return (
    <div className={styles.row}>
      {Boolean(icon) && <span className={styles.rowIcon}>{icon}</span>}
      <div className={styles.rowText}>
        <strong>{title}</strong>
        {Boolean(body) && <span>{body}</span>}
      </div>
      {Boolean(action) && <div className={styles.rowAction}>{action}</div>}
    </div>
  );
}
