import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, LockKeyhole } from "lucide-react";
import { Suspense, lazy, useEffect, type ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { SETTINGS_PAGES, findSettingsPage, maySee, type SettingsPageId } from "@/app/settings/pages";
import { SettingsNav } from "@/app/settings/settings-nav";
import styles from "@/app/settings/settings-route.module.css";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { PageSkeleton } from "@/components/page-skeleton";
import { useSession } from "@/lib/session";

/** Navigation and page side by side; on a phone the list first, then the page: the URL says which. */
export function SettingsRoute() {
  const { page } = useParams({ strict: false });
  const { t } = useTranslation("settings");
  useEffect(() => {
    document.title = `${t("title")} · Prosa`;
    return () => {
      document.title = "Prosa";
    };
  }, [t]);
  return (
    <div className={styles.settings} data-page={page} data-testid="settings">
      <SettingsNav isWholePage={page === undefined} />
      <main className={styles.content} key={page}>
        <Outlet />
      </main>
    </div>
  );
}

const COMPONENTS = Object.fromEntries(
  SETTINGS_PAGES.map(({ id, load }) => [id, lazy(load)]),
) as unknown as Record<SettingsPageId, ComponentType>;

/** One page, to whoever may see it. */
export function SettingsPageRoute() {
  const { page: id } = useParams({ from: "/shell/settings/$page" });
  const session = useSession();
  const entry = findSettingsPage(id);
  if (entry === undefined || !maySee(entry, session)) return <NothingHere />;
  const Page = COMPONENTS[entry.id];
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Page />
    </Suspense>
  );
}

function NothingHere() {
  const { t } = useTranslation("settings");
  const navigate = useNavigate();
  return (
    <div className={styles.nothing}>
      <EmptyState
        icon={LockKeyhole}
        title={t("nothing.title")}
        body={t("nothing.body")}
        action={
          <Button icon={ArrowLeft} onClick={() => void navigate({ to: "/settings" })}>
            {t("nothing.back")}
          </Button>
        }
      />
    </div>
  );
}
