import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { Keyboard, MessagesSquare, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/app/navigation-rail.module.css";
import { UserMenu } from "@/app/user-menu";
import { IconButton } from "@/components/icon-button";
import { MOD_KEY } from "@/components/kbd";
import { LogoMark } from "@/components/logo";
import { countsQuery } from "@/lib/api/queries";

interface NavigationRailProps {
  onPalette: () => void;
  onShortcuts: () => void;
}

export function NavigationRail({ onPalette, onShortcuts }: NavigationRailProps) {
  const { t } = useTranslation("app");
  const { data: counts } = useQuery(countsQuery);
  const unread = counts?.mine_unread ?? 0;
  return (
    <nav className={styles.rail} aria-label={t("nav.main")}>
      <div className={styles.logo}>
        <LogoMark size={34} />
      </div>
      <Link
        to="/inbox/$view"
        params={{ view: "mine" }}
        className={styles.item}
        activeProps={{ "data-active": true }}
        activeOptions={{ exact: false }}
        title={t("nav.inbox")}
        aria-label={
          unread > 0 ? `${t("nav.inbox")}, ${t("list.mineUnread", { count: unread })}` : t("nav.inbox")
        }
        data-active
      >
        <MessagesSquare size={22} strokeWidth={1.8} aria-hidden="true" />
        {unread > 0 && <span className={styles.badge}>{unread > 99 ? "99+" : unread}</span>}
      </Link>
      <span className={styles.space} />
      <IconButton icon={Search} label={`${t("nav.palette")} (${MOD_KEY}+K)`} onClick={onPalette} />
      <IconButton
        className={styles.desktop ?? ""}
        icon={Keyboard}
        label={`${t("nav.help")} (?)`}
        onClick={onShortcuts}
      />
      <UserMenu />
    </nav>
  );
}
