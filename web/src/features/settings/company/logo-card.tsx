import { ImageUp, Trash2 } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { LogoMark } from "@/components/logo";
import { Notice } from "@/components/notice";
import { SettingsCard } from "@/components/settings-page";
import { putLogo, removeLogo } from "@/features/settings/company/api";
import styles from "@/features/settings/company/company.module.css";
import type { SaveAccount } from "@/features/settings/company/use-account";
import { ProblemError } from "@/lib/http/problem";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { AccountView } from "@/lib/wire/openapi.gen";

/** As the server: told before a long upload is for nothing. */
const MOST_BYTES = 1_000_000;
const REASONS = ["too_large", "too_many_pixels", "not_a_picture"] as const;

class TooLarge extends Error {}

/** Takes effect at once: a picture has nothing to be typed. */
export function LogoCard({ account, save }: { account: AccountView; save: SaveAccount }) {
  const { t } = useTranslation("company");
  const picker = useRef<HTMLInputElement>(null);
  const task = useTask();
  const troubleText = useLogoTrouble();

  const upload = async (file: File | undefined) => {
    if (file === undefined) return;
    const done = await task.run(() =>
      file.size > MOST_BYTES ? Promise.reject(new TooLarge()) : save(() => putLogo(file)),
    );
    if (done) showToast(t("logo.saved"));
  };
  const remove = async () => {
    if (await task.run(() => save(removeLogo))) showToast(t("logo.removed"));
  };

  return (
    <SettingsCard>
      <div className={styles.logoRow}>
        <span className={styles.logo} data-own={account.logo_url === null ? undefined : true}>
          {account.logo_url === null ? (
            <LogoMark size={64} />
          ) : (
            <img src={account.logo_url} alt={t("logo.alt", { name: account.name })} />
          )}
        </span>
        <div className={styles.logoText}>
          <strong>{t("logo.title")}</strong>
          <span>{t("logo.lead")}</span>
          <div className={styles.logoActions}>
            <Button icon={ImageUp} busy={task.busy} onClick={() => picker.current?.click()}>
              {t(account.logo_url === null ? "logo.add" : "logo.change")}
            </Button>
            {account.logo_url !== null && (
              <Button variant="quiet" icon={Trash2} disabled={task.busy} onClick={() => void remove()}>
                {t("logo.remove")}
              </Button>
            )}
          </div>
        </div>
      </div>
      <input
        ref={picker}
        type="file"
        hidden
        data-testid="logo-file"
        accept="image/png,image/jpeg,image/webp"
        onChange={(event) => {
          void upload(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {task.error !== null && <Notice tone="danger">{troubleText(task.error)}</Notice>}
    </SettingsCard>
  );
}

/** Which of the things that can be wrong with a picture it is. */
function useLogoTrouble(): (error: unknown) => string {
  const { t } = useTranslation("company");
  const problemText = useProblemText();
  return (error) => {
    if (error instanceof TooLarge) return t("logo.reasons.too_large");
    if (!(error instanceof ProblemError)) return problemText(error);
    if (error.status === 413) return t("logo.reasons.too_large");
    const reason = REASONS.find((known) => known === error.text("reason_key"));
    return reason === undefined ? problemText(error) : t(`logo.reasons.${reason}`);
  };
}
