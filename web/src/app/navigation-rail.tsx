import { Link, useLocation } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { Activity, Keyboard, MessagesSquare, Search, Settings } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/app/navigation-rail.module.css";
import { UserMenu } from "@/app/user-menu";
import { IconButton } from "@/components/icon-button";
import { MOD_KEY } from "@/components/kbd";
import { LogoMark } from "@/components/logo";
import { countsQuery } from "@/lib/api/queries";
import { useMay } from "@/lib/permissions";
import { useSession } from "@/lib/session";

interface NavigationRailProps {
  onPalette: () => void;
  onShortcuts: () => void;
}

export function NavigationRail({ onPalette, onShortcuts }: NavigationRailProps) {
  const { t } = useTranslation("app");
  const { account } = useSession();
  const hasInbox = useMay("inbox");
  const hasReports = useMay("reports.view");
  return (
    <nav className={styles.rail} aria-label={t("nav.main")}>
      <div className={styles.logo}>
        {account.logo_url === null ? <LogoMark size={34} /> : <img src={account.logo_url} alt="" />}
      </div>
      {hasInbox && <InboxLink />}
      {!hasInbox && hasReports && <StatusLink />}
      <span className={styles.space} />
      {hasInbox && (
        <IconButton icon={Search} label={`${t("nav.palette")} (${MOD_KEY}+K)`} onClick={onPalette} />
      )}
      {hasInbox && (
        <IconButton
          className={styles.desktop ?? ""}
          icon={Keyboard}
          label={`${t("nav.help")} (?)`}
          onClick={onShortcuts}
        />
      )}
      <SettingsLink hasStatus={!hasInbox && hasReports} />
      <UserMenu />
    </nav>
  );
}

/** `hasStatus`: one of the settings has a place of its own in the rail. */
function SettingsLink({ hasStatus }: { hasStatus: boolean }) {
  const { t } = useTranslation("app");
  const isOpen = useLocation({
    select: ({ pathname }) =>
      pathname.startsWith("/settings") && !(hasStatus && pathname === "/settings/usage"),
  });
  return (
    <Link
      to="/settings"
      className={styles.item}
      data-active={isOpen ? true : undefined}
      aria-current={isOpen ? "page" : undefined}
      title={t("nav.settings")}
      aria-label={t("nav.settings")}
      data-testid="nav-settings"
    >
      <Settings size={21} strokeWidth={1.8} aria-hidden="true" />
    </Link>
  );
}

/** The home of whoever has no inbox. */
function StatusLink() {
  const { t } = useTranslation("app");
  return (
    <Link
      to="/settings/$page"
      params={{ page: "usage" }}
      className={styles.item}
      activeProps={{ "data-active": true }}
      title={t("nav.status")}
      aria-label={t("nav.status")}
      data-testid="nav-status"
    >
      <Activity size={22} strokeWidth={1.8} aria-hidden="true" />
    </Link>
  );
}

function InboxLink() {
  const { t } = useTranslation("app");
  const { data: counts } = useQuery(countsQuery);
  const isOpen = useLocation({ select: ({ pathname }) => pathname.startsWith("/inbox") });
  const unread = counts?.mine_unread ?? 0;
  return (
    <Link
      to="/inbox/$view"
      params={{ view: "mine" }}
      className={styles.item}
      // Whichever list is open, it is the inbox.
      data-active={isOpen ? true : undefined}
      aria-current={isOpen ? "page" : undefined}
      title={t("nav.inbox")}
      aria-label={
        unread > 0 ? `${t("nav.inbox")}, ${t("list.mineUnread", { count: unread })}` : t("nav.inbox")
      }
    >
      <MessagesSquare size={22} strokeWidth={1.8} aria-hidden="true" />
      {unread > 0 && <span className={styles.badge}>{unread > 99 ? "99+" : unread}</span>}
    </Link>
  );
}
