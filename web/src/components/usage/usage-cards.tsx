import { ChartColumn } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { EmptyState } from "@/components/empty-state";
import { Notice } from "@/components/notice";
import { SettingsCard, SettingsRow } from "@/components/settings-page";
import { DayChart } from "@/components/usage/day-chart";
import styles from "@/components/usage/usage.module.css";
import { totalOf, troublesOf, type Trouble } from "@/components/usage/usage-model";
import { formatSize } from "@/lib/format-size";
import { agoTime, fullTime } from "@/lib/time/format";
import type { NumberUsage, UsageView } from "@/lib/wire/openapi.gen";

/** Everything that an account's figures say, from the most urgent to the most patient. */
export function UsageCards({ usage, support = "" }: { usage: UsageView; support?: string }) {
  return (
    <>
      <Standing troubles={troublesOf(usage)} support={support} />
      <Figures usage={usage} />
      <DaysCard usage={usage} />
      <NumbersCard numbers={usage.numbers} />
      <PlanCard usage={usage} />
    </>
  );
}

function Standing({ troubles, support }: { troubles: readonly Trouble[]; support: string }) {
  const { t } = useTranslation("usage");
  const tell = useTroubleText();
  if (troubles.length === 0)
    return (
      <Notice tone="success" title={t("allFine")}>
        {t("allFineBody")}
      </Notice>
    );
  return (
    <Notice tone="warning" title={t("needsLook")}>
      <ul className={styles.troubles}>
        {troubles.map((trouble) => (
          <li key={tell(trouble)}>{tell(trouble)}</li>
        ))}
      </ul>
      {support !== "" && <p className={styles.support}>{t("support", { contact: support })}</p>}
    </Notice>
  );
}

function useTroubleText(): (trouble: Trouble) => string {
  const { t, i18n } = useTranslation("usage");
  return (trouble) => {
    switch (trouble.kind) {
      case "outbox": {
        const values = { count: trouble.count, when: fullTime(trouble.since, i18n.language) };
        return trouble.orMore ? t("troubles.outboxMore", values) : t("troubles.outboxLate", values);
      }
      case "parked":
        return t(trouble.orMore ? "troubles.parkedMore" : "troubles.parked", { count: trouble.count });
      case "never":
        return t("troubles.never", { name: trouble.number.name });
      case "full":
        return t("troubles.full");
    }
  };
}

function Figures({ usage }: { usage: UsageView }) {
  const { t, i18n } = useTranslation("usage");
  const { t: app } = useTranslation("app");
  const number = new Intl.NumberFormat(i18n.language);
  const counted = (value: number) =>
    value >= usage.counts_stop_at ? t("figures.orMore", { count: value }) : number.format(value);
  const today = usage.days.at(-1);
  const oldest = usage.outbox_oldest_at;
  return (
    <dl className={styles.figures}>
      <div>
        <dt>{t("figures.open")}</dt>
        <dd>{counted(usage.open_tickets)}</dd>
      </div>
      <div>
        <dt>{t("figures.queued")}</dt>
        <dd>{counted(usage.queued_tickets)}</dd>
      </div>
      <div>
        <dt>{t("figures.today")}</dt>
        <dd>
          {number.format(today ? totalOf(today) : 0)}
          {today && (
            <small>
              {t("figures.todayParts", {
                in: number.format(today.messages_in),
                out: number.format(today.messages_out),
              })}
            </small>
          )}
        </dd>
      </div>
      <div>
        <dt>{t("figures.outbox")}</dt>
        <dd>
          {counted(usage.outbox_waiting)}
          <small>
            {oldest === null
              ? t("figures.outboxNone")
              : t("figures.outboxOldest", { when: agoTime(oldest, i18n.language, app("common.now")) })}
          </small>
        </dd>
      </div>
    </dl>
  );
}

function DaysCard({ usage }: { usage: UsageView }) {
  const { t } = useTranslation("usage");
  const isEmpty = usage.days.every((day) => totalOf(day) === 0);
  return (
    <SettingsCard title={t("chart.title")}>
      {isEmpty ? (
        <EmptyState icon={ChartColumn} title={t("chart.none")} body={t("chart.noneBody")} />
      ) : (
        <DayChart days={usage.days} />
      )}
    </SettingsCard>
  );
}

const NUMBER_TONES = { receiving: "success", quiet: "neutral", never: "danger" } as const;

function NumbersCard({ numbers }: { numbers: readonly NumberUsage[] }) {
  const { t, i18n } = useTranslation("usage");
  const { t: app } = useTranslation("app");
  const hint = ({ last_webhook_at: at }: NumberUsage) =>
    at === null
      ? t("numbers.neverHint")
      : t("numbers.last", { when: agoTime(at, i18n.language, app("common.now")) });
  return (
    <SettingsCard flush title={t("numbers.title")}>
      {numbers.length === 0 && <p className={styles.none}>{t("numbers.none")}</p>}
      {numbers.map((item) => (
        <SettingsRow
          key={item.id}
          title={item.name}
          body={`${item.display_phone_number} · ${hint(item)}`}
          action={<Badge tone={NUMBER_TONES[item.state]}>{t(`numbers.${item.state}`)}</Badge>}
        />
      ))}
    </SettingsCard>
  );
}

export function usePlanName(): (plan: string) => string {
  const { t } = useTranslation("usage");
  return (plan) => (plan === "standard" || plan === "business" ? t(`plan.names.${plan}`) : plan);
}

function PlanCard({ usage }: { usage: UsageView }) {
  const { t, i18n } = useTranslation("usage");
  const { t: app } = useTranslation("app");
  const planName = usePlanName();
  const { limits } = usage;
  const number = new Intl.NumberFormat(i18n.language);
  const count = (value: number) => number.format(value);
  // Plans are written in powers of two: 50 GB are 50 × 1024³.
  const size = (bytes: number) => formatSize(bytes, i18n.language, 1024);
  const others = [
    [t("plan.departments"), number.format(limits.departments)],
    [t("plan.roles"), number.format(limits.roles)],
    [t("plan.apiKeys"), number.format(limits.api_keys)],
    [t("plan.upload"), size(limits.upload_bytes)],
    [t("plan.userRequests"), count(limits.user_requests_per_minute)],
    [t("plan.keyRequests"), count(limits.key_requests_per_minute)],
    [t("plan.numberSends"), count(limits.number_sends_per_minute)],
  ] as const;
  return (
    <SettingsCard title={t("plan.title", { plan: planName(usage.plan) })} lead={t("plan.lead")}>
      <div className={styles.meters}>
        <Meter label={t("plan.members")} used={usage.members} limit={limits.members} tell={count} />
        <Meter label={t("plan.numbers")} used={usage.numbers.length} limit={limits.numbers} tell={count} />
        <Meter
          label={t("plan.storage")}
          used={usage.storage_bytes}
          limit={limits.storage_bytes}
          tell={size}
          note={t("plan.storageAt", { when: agoTime(usage.storage_at, i18n.language, app("common.now")) })}
        />
      </div>
      <dl className={styles.limits}>
        {others.map(([name, limit]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{t("plan.upTo", { limit })}</dd>
          </div>
        ))}
      </dl>
    </SettingsCard>
  );
}

/** Colours of a meter: from here on it is worth a look, and from here on it is full. */
const WARN_AT = 0.8;
const FULL_AT = 1;

interface MeterProps {
  label: string;
  used: number;
  limit: number;
  tell: (value: number) => string;
  note?: string;
}

function Meter({ label, used, limit, tell, note }: MeterProps) {
  const { t } = useTranslation("usage");
  const share = limit === 0 ? 1 : used / limit;
  const text = t("plan.of", { used: tell(used), limit: tell(limit) });
  return (
    <div
      className={styles.meter}
      data-state={share >= FULL_AT ? "full" : share >= WARN_AT ? "warn" : undefined}
    >
      <span>
        {label}
        <b>{text}</b>
      </span>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(used, limit)}
        aria-valuetext={text}
      >
        <i style={{ width: `${Math.min(1, share) * 100}%` }} />
      </div>
      {note !== undefined && <small>{note}</small>}
    </div>
  );
}
