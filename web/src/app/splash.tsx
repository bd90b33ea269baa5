import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/app/splash.module.css";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { LogoMark } from "@/components/logo";
import { UnreachableError } from "@/lib/http/problem";

const TRY_AGAIN_MS = 4_000;

/** While it is not yet known who is here. */
export function Splash() {
  return (
    <div className={styles.splash} aria-busy="true">
      <LogoMark size={56} />
    </div>
  );
}

/** The server does not answer at start: says so and keeps trying. */
export function Unreachable({ error }: ErrorComponentProps) {
  const { t } = useTranslation("app");
  const router = useRouter();
  const passing = error instanceof UnreachableError;
  useEffect(() => {
    if (!passing) return;
    const timer = setInterval(() => void router.invalidate(), TRY_AGAIN_MS);
    return () => clearInterval(timer);
  }, [router, passing]);
  if (!passing) return <Crash />;
  return (
    <div className={styles.splash}>
      <EmptyState
        icon={WifiOff}
        title={t("connection.offlineShort")}
        body={t("connection.unreachable")}
        action={
          <Button icon={RefreshCw} onClick={() => void router.invalidate()}>
            {t("common.retry")}
          </Button>
        }
      />
    </div>
  );
}

export function Crash() {
  const { t } = useTranslation("app");
  return (
    <div className={styles.splash}>
      <EmptyState
        icon={RefreshCw}
        title={t("crash.title")}
        body={t("crash.body")}
        action={
          <Button variant="primary" onClick={() => window.location.assign("/")}>
            {t("crash.reload")}
          </Button>
        }
      />
    </div>
  );
}
