import { useTranslation } from "react-i18next";
import { CodeInput } from "@/components/code-input";
import { Notice } from "@/components/notice";
import { CopyLine } from "@/components/secret-once";
import styles from "@/components/totp-setup.module.css";
import type { TotpSetupView } from "@/lib/wire/openapi.gen";

interface TotpSetupProps {
  setup: TotpSetupView;
  code: string;
  /** Why the last code was not taken. */
  error: string | null;
  busy: boolean;
  onCode: (code: string) => void;
  onComplete: (code: string) => void;
}

/** Taking an authenticator app into use: read the picture or type the key, then prove it with the first code. */
export function TotpSetup({ setup, code, error, busy, onCode, onComplete }: TotpSetupProps) {
  const { t } = useTranslation("forms");
  return (
    <ol className={styles.steps}>
      <li>
        <p>{t("enrolment.scan")}</p>
        <img
          className={styles.qr}
          src={`data:image/svg+xml,${encodeURIComponent(setup.qr_svg)}`}
          alt={t("enrolment.qr")}
          width={168}
          height={168}
        />
        <p className={styles.manual}>{t("enrolment.manual")}</p>
        <CopyLine label={t("enrolment.secret")} text={inFours(setup.secret)} />
      </li>
      <li>
        <p>{t("enrolment.confirm")}</p>
        <CodeInput
          label={t("code.label")}
          value={code}
          invalid={error !== null}
          busy={busy}
          onChange={onCode}
          onComplete={onComplete}
        />
        {error !== null && (
          <div className={styles.error}>
            <Notice tone="danger">{error}</Notice>
          </div>
        )}
      </li>
    </ol>
  );
}

/** "ABCD EFGH …": typed by hand, one keeps one's place. */
function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret;
}
