import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { RowsSkeleton } from "@/components/page-skeleton";
import { SettingsCard } from "@/components/settings-page";
import { mailQuery } from "@/features/settings/installation/api";
import styles from "@/features/settings/installation/installation.module.css";
import { agoTime } from "@/lib/time/format";
import type { MailHealthView } from "@/lib/wire/openapi.gen";

export function MailCard() {
  const { t } = useTranslation("installation");
  const query = useQuery(mailQuery);
  return (
    <SettingsCard
      title={t("mail.title")}
      lead={t("mail.lead")}
      aside={query.data && <MailState mail={query.data} />}
    >
      <Loaded query={query} skeleton={<RowsSkeleton rows={1} />}>
        {(mail) => <MailFacts mail={mail} />}
      </Loaded>
    </SettingsCard>
  );
}

function MailState({ mail }: { mail: MailHealthView }) {
  const { t } = useTranslation("installation");
  if (!mail.has_server) return <Badge tone="warning">{t("mail.off")}</Badge>;
  if (mail.failed > 0) return <Badge tone="danger">{t("mail.failing")}</Badge>;
  if (mail.waiting > 0) return <Badge tone="accent">{t("mail.waitingState")}</Badge>;
  return <Badge tone="success">{t("mail.fine")}</Badge>;
}

function MailFacts({ mail }: { mail: MailHealthView }) {
  const { t, i18n } = useTranslation("installation");
  const { t: app } = useTranslation("app");
  const number = new Intl.NumberFormat(i18n.language);
  const oldest = mail.oldest_waiting_at;
  return (
    <>
      {!mail.has_server && <Notice tone="warning">{t("mail.offBody")}</Notice>}
      <dl className={styles.facts}>
        <div>
          <dt>{t("mail.waiting")}</dt>
          <dd>
            {number.format(mail.waiting)}
            {oldest !== null && (
              <span className={styles.faint}>
                {" · "}
                {t("mail.oldest", { when: agoTime(oldest, i18n.language, app("common.now")) })}
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>{t("mail.failed")}</dt>
          <dd>{number.format(mail.failed)}</dd>
        </div>
        {mail.last_error !== null && (
          <div>
            <dt>{t("mail.lastError")}</dt>
            <dd>
              <code>{mail.last_error}</code>
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}
