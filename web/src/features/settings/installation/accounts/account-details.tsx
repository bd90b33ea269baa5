import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { UsageCards, usePlanName } from "@/components/usage/usage-cards";
import { AccountMenu } from "@/features/settings/installation/accounts/account-menu";
import { AccountPeople } from "@/features/settings/installation/accounts/account-people";
import { HealthMark, STATE_TONES } from "@/features/settings/installation/accounts/health-mark";
import { accountQuery } from "@/features/settings/installation/api";
import styles from "@/features/settings/installation/installation.module.css";
import { fullTime } from "@/lib/time/format";
import { zoneLabel } from "@/lib/time/zones";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { InstallationAccountDetails } from "@/lib/wire/openapi.gen";

/** One company: how it is, who is in it, and what can be done for it. */
export function AccountDetails({ id }: { id: string }) {
  const { t } = useTranslation("installation");
  const query = useQuery(accountQuery(id));
  const [, setFilter] = useUrlFilter();
  const account = query.data;
  return (
    <SettingsPage
      title={account?.name ?? t("accounts.name")}
      lead={account && <Headline account={account} />}
      width="table"
      back={{ label: t("account.back"), onClick: () => setFilter({ account: "" }) }}
      actions={account && <AccountMenu account={account} />}
    >
      <Loaded query={query}>
        {(details) => (
          <>
            <StateNotice account={details} />
            <FactsCard account={details} />
            <AccountPeople account={details} />
            <h2 className={styles.section}>{t("account.usage")}</h2>
            <UsageCards usage={details.usage} />
          </>
        )}
      </Loaded>
    </SettingsPage>
  );
}

function Headline({ account }: { account: InstallationAccountDetails }) {
  const { t, i18n } = useTranslation("installation");
  return (
    <span className={styles.headline}>
      <Badge tone={STATE_TONES[account.state]}>{t(`states.${account.state}`)}</Badge>
      <span>{t("account.since", { when: fullTime(account.state_since, i18n.language) })}</span>
      {account.state === "active" && <HealthMark account={account} />}
    </span>
  );
}

/** What its state means, and why it is in it. */
function StateNotice({ account }: { account: InstallationAccountDetails }) {
  const { t, i18n } = useTranslation("installation");
  const reason = account.state_reason !== null && (
    <div>{t("account.reason", { reason: account.state_reason })}</div>
  );
  if (account.state === "suspended")
    return (
      <Notice tone="warning" title={t("account.suspendedTitle")}>
        {t("account.suspendedBody")}
        {reason}
      </Notice>
    );
  if (account.state === "closing")
    return (
      <Notice tone="danger" title={t("account.closingTitle")}>
        {account.erase_after !== null &&
          t("account.closingBody", { when: fullTime(account.erase_after, i18n.language) })}
        {reason}
      </Notice>
    );
  if (account.state === "closed")
    return <Notice title={t("account.closedTitle")}>{t("account.closedBody")}</Notice>;
  return account.is_home ? <Notice>{t("account.homeNotice")}</Notice> : null;
}

function FactsCard({ account }: { account: InstallationAccountDetails }) {
  const { t, i18n } = useTranslation("installation");
  const planName = usePlanName();
  const facts = [
    [t("account.plan"), planName(account.plan)],
    [t("account.admins"), String(account.health.admins)],
    [t("account.zone"), zoneLabel(account.time_zone)],
    [t("account.locale"), account.locale === "en" ? "English" : "Português (Brasil)"],
    [t("account.slug"), account.slug],
  ] as const;
  return (
    <SettingsCard
      title={t("account.facts")}
      lead={t("account.created", { when: fullTime(account.created_at, i18n.language) })}
    >
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{t("account.id")}</dt>
          <dd>
            <code>{account.id}</code>
          </dd>
        </div>
      </dl>
    </SettingsCard>
  );
}
