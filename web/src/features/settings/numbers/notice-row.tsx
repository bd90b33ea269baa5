import { useTranslation } from "react-i18next";
import styles from "@/features/settings/numbers/numbers.module.css";
import { isRecord } from "@/lib/storage";
import { fullTime } from "@/lib/time/format";
import type { NumberUpdateView } from "@/lib/wire/openapi.gen";

/** Webhook fields of Meta that tell of a number or its account (Cloud API webhooks, read 2026-11); others by their own name. */
const FIELDS = [
  "phone_number_quality_update",
  "phone_number_name_update",
  "account_update",
  "account_alerts",
  "account_review_update",
  "business_capability_update",
  "message_template_status_update",
  "message_template_quality_update",
  "security",
] as const;

type Field = (typeof FIELDS)[number];

function isField(name: string): name is Field {
  return FIELDS.some((field) => field === name);
}

/** The words that say the most in Meta's notices, as Meta writes them. */
function gistOf(value: unknown): string {
  if (!isRecord(value)) return "";
  return [
    "event",
    "decision",
    "current_limit",
    "max_daily_conversations_per_business",
    "message_template_name",
  ]
    .map((key) => value[key])
    .filter((text): text is string => typeof text === "string" && text !== "")
    .join(" · ");
}

/** One of Meta's notices: what about, its gist, and the whole of it for who asks. */
export function NoticeRow({ notice }: { notice: NumberUpdateView }) {
  const { t, i18n } = useTranslation("numbers");
  const { field, value, at, received_at: receivedAt, whole_account: isWhole } = notice;
  const gist = gistOf(value);
  return (
    <li>
      <p className={styles.notice}>
        <strong>{isField(field) ? t(`notices.fields.${field}`) : field}</strong>
        <time dateTime={at ?? receivedAt}>{fullTime(at ?? receivedAt, i18n.language)}</time>
      </p>
      {gist !== "" && <p className={styles.gist}>{gist}</p>}
      {isWhole && <p className={styles.whole}>{t("notices.whole")}</p>}
      <details>
        <summary>{t("notices.raw")}</summary>
        <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
      </details>
    </li>
  );
}
