import { FileImage, MessageSquareText, Tag, UserRoundX, X, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "@/components/dialog";
import { IconButton } from "@/components/icon-button";
import { Notice } from "@/components/notice";
import { SaveBar } from "@/components/save-bar";
import { SettingsCard } from "@/components/settings-page";
import { AddField } from "@/features/settings/privacy/components/add-field";
import { PeriodField } from "@/features/settings/privacy/components/period-field";
import {
  KINDS,
  KNOWN_FIELDS,
  LEAST_DAYS,
  areShorter,
  areValid,
  isSameRules,
  parseRules,
  wireRules,
  type Kind,
} from "@/features/settings/privacy/model/retention";
import { useCounts, type Count } from "@/features/settings/privacy/use-counts";
import { usePolicy } from "@/features/settings/privacy/use-policy";
import styles from "@/features/settings/privacy/privacy.module.css";
import { showToast } from "@/lib/toasts";
import { useTask } from "@/lib/use-task";
import type { PrivacyPolicyView } from "@/lib/wire/openapi.gen";

const ICONS: Record<Kind, LucideIcon> = {
  media: FileImage,
  messages: MessageSquareText,
  contacts: UserRoundX,
};

export function RetentionForm({ policy }: { policy: PrivacyPolicyView }) {
  const { t } = useTranslation("privacy");
  const { save, why } = usePolicy();
  const { busy, error, run, clear } = useTask();
  const stored = parseRules(policy.retention);
  const [rules, setRules] = useState(stored);
  // A new form for each beginning: the period fields keep what is typed.
  const [beginning, setBeginning] = useState(0);
  const [confirming, setConfirming] = useState(false);
  const counts = useCounts(rules, stored);
  const put = () => save(policy, { retention: wireRules(rules) }).then(() => showToast(t("saved")));
  const setField = (name: string, days: number | null) => {
    const others = Object.entries(rules.fields).filter(([other]) => other !== name);
    setRules({
      ...rules,
      fields: Object.fromEntries(days === null ? others : [...others, [name, days] as const]),
    });
  };
  const own = Object.keys(rules.fields).filter((name) => !KNOWN_FIELDS.some((known) => known === name));
  return (
    <form
      key={beginning}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (areShorter(rules, stored)) setConfirming(true);
        else void run(put);
      }}
    >
      <SettingsCard
        flush
        title={t("retention.title")}
        lead={t("retention.lead")}
        foot={
          <SaveBar
            isDirty={!isSameRules(rules, stored)}
            busy={busy}
            disabled={!areValid(rules)}
            onDiscard={() => {
              setRules(stored);
              setBeginning(beginning + 1);
              clear();
            }}
          />
        }
      >
        {KINDS.map((kind) => (
          <Rule
            key={kind}
            icon={ICONS[kind]}
            title={t(`retention.${kind}.title`)}
            body={t(`retention.${kind}.body`)}
            count={counts.of(kind)}
            days={rules[kind]}
            least={LEAST_DAYS[kind]}
            onChange={(days) => setRules({ ...rules, [kind]: days })}
          />
        ))}
        <h3 className={styles.part}>{t("retention.fields.title")}</h3>
        {KNOWN_FIELDS.map((name) => (
          <Rule
            key={name}
            icon={Tag}
            title={t(`retention.fields.${name}`)}
            body={t("retention.fields.body")}
            count={counts.ofField(name)}
            days={rules.fields[name] ?? null}
            least={LEAST_DAYS.field}
            onChange={(days) => setField(name, days)}
          />
        ))}
        {own.map((name) => (
          <Rule
            key={name}
            icon={Tag}
            title={<code>{name}</code>}
            what={name}
            body={t("retention.fields.body")}
            count={counts.ofField(name)}
            days={rules.fields[name] ?? null}
            least={LEAST_DAYS.field}
            onChange={(days) => setField(name, days)}
            aside={
              <IconButton
                icon={X}
                size={17}
                label={t("retention.fields.remove", { field: name })}
                onClick={() => setField(name, null)}
              />
            }
          />
        ))}
        <AddField taken={Object.keys(rules.fields)} onAdd={setField} />
        {error !== null && (
          <div className={styles.trouble}>
            <Notice tone="danger">{why(error)}</Notice>
          </div>
        )}
      </SettingsCard>
      {confirming && (
        <ConfirmDialog
          title={t("retention.confirmTitle")}
          body={
            counts.all === null
              ? t("retention.confirmNothing")
              : t("retention.confirmBody", { what: counts.all })
          }
          confirm={t("retention.confirm")}
          onClose={() => setConfirming(false)}
          onConfirm={put}
        />
      )}
    </form>
  );
}

interface RuleProps {
  icon: LucideIcon;
  title: ReactNode;
  /** Its name for whoever does not see the row, where the title is no text. */
  what?: string;
  body: string;
  count: Count | null;
  days: number | null;
  least: number;
  onChange: (days: number | null) => void;
  aside?: ReactNode;
}

function Rule({ icon: Icon, title, what, body, count, days, least, onChange, aside }: RuleProps) {
  return (
    <div className={styles.rule}>
      <span className={styles.icon}>
        <Icon size={19} strokeWidth={1.8} aria-hidden="true" />
      </span>
      <div className={styles.about}>
        <strong>{title}</strong>
        <span>{body}</span>
        <span
          className={styles.count}
          role="status"
          data-deletes={count?.deletes === true ? true : undefined}
        >
          {count?.sentence}
        </span>
      </div>
      <div className={styles.choice}>
        <PeriodField
          what={what ?? (typeof title === "string" ? title : "")}
          days={days}
          least={least}
          onChange={onChange}
        />
        {aside}
      </div>
    </div>
  );
}
