import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SETTINGS_GROUPS, SETTINGS_PAGES, maySee } from "@/app/settings/pages";
import styles from "@/app/settings/settings-nav.module.css";
import { useSession } from "@/lib/session";

/** What can be set, by whom it is about. On a phone it is the page itself. */
export function SettingsNav({ isWholePage }: { isWholePage: boolean }) {
  const Title = isWholePage ? "h1" : "p"; // beside a page, the page has the heading
  const { t } = useTranslation("settings");
  const session = useSession();
  const pages = SETTINGS_PAGES.filter((page) => maySee(page, session));
  return (
    <nav className={styles.nav} aria-label={t("title")} data-testid="settings-nav">
      <Title className={styles.title}>{t("title")}</Title>
      {SETTINGS_GROUPS.map((group) => {
        const entries = pages.filter((page) => page.group === group);
        if (entries.length === 0) return null;
        return (
          <section key={group} aria-labelledby={`settings-${group}`}>
            <h2 id={`settings-${group}`} className={styles.group}>
              {group === "company" ? session.account.name : t(`groups.${group}`)}
            </h2>
            <ul className={styles.list}>
              {entries.map(({ id, icon: Icon }) => (
                <li key={id}>
                  <Link
                    to="/settings/$page"
                    params={{ page: id }}
                    className={styles.item}
                    activeProps={{ "data-active": true, "aria-current": "page" }}
                  >
                    <Icon size={18} strokeWidth={1.8} aria-hidden="true" />
                    <span>
                      <strong>{t(`nav.${id}.title`)}</strong>
                      <small>{t(`nav.${id}.body`)}</small>
                    </span>
                    <ChevronRight className={styles.chevron} size={17} aria-hidden="true" />
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}
