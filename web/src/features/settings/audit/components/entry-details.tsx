import { UserRound, Crosshair } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/features/settings/audit/audit.module.css";
import { isEmptyValue, listChanges } from "@/features/settings/audit/model/changes";
import { useValues } from "@/features/settings/audit/use-values";
import { fullTime } from "@/lib/time/format";
import type { AuditEntryView } from "@/lib/wire/openapi.gen";

/** The companies that an entry of the installation concerns, by id: its sentence names them. */
const COMPANIES = "account_ids";

interface EntryDetailsProps {
  entry: AuditEntryView;
  onFilter: (change: Record<string, string>) => void;
}

export function EntryDetails({ entry, onFilter }: EntryDetailsProps) {
  const { t, i18n } = useTranslation("audit");
  const { id: actorId } = entry.who;
  return (
    <div className={styles.details} role="group" aria-label={t("list.details", { seq: entry.seq })}>
      <Changes entry={entry} />
      <dl className={styles.facts}>
        <Fact name={t("facts.at")}>{fullTime(entry.at, i18n.language)}</Fact>
        {entry.ip !== null && <Fact name={t("facts.from")}>{entry.ip}</Fact>}
        {entry.user_agent !== "" && <Fact name={t("facts.device")}>{entry.user_agent}</Fact>}
        <Fact name={t("facts.action")}>
          <code>{entry.action}</code>
        </Fact>
        <Fact name={t("facts.seq")}>
          <code>#{entry.seq}</code>
        </Fact>
        {entry.request_id !== null && (
          <Fact name={t("facts.request")}>
            <code>{entry.request_id}</code>
          </Fact>
        )}
      </dl>
      <div className={styles.detailActions}>
        {actorId !== null && (
          <Button variant="quiet" icon={UserRound} onClick={() => onFilter({ actor: actorId })}>
            {t("only.actor")}
          </Button>
        )}
        {entry.target_id !== "" && (
          <Button
            variant="quiet"
            icon={Crosshair}
            onClick={() => onFilter({ targetKind: entry.target_kind, targetId: entry.target_id })}
          >
            {t("only.target")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Before and after side by side; where there was nothing before, what there is. */
function Changes({ entry }: { entry: AuditEntryView }) {
  const { t } = useTranslation("audit");
  const { label, words } = useValues();
  const changes = listChanges(entry.before, entry.after).filter(({ path }) => path[0] !== COMPANIES);
  if (changes.length === 0) return <p className={styles.nothing}>{t("changes.none")}</p>;
  const isComparison = entry.before !== null && entry.after !== null;
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">{t("changes.field")}</th>
          {isComparison ? (
            <>
              <th scope="col">{t("changes.before")}</th>
              <th scope="col">{t("changes.after")}</th>
            </>
          ) : (
            <th scope="col">{t("changes.value")}</th>
          )}
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, before, after }) => (
          <tr key={path.join(".")}>
            <th scope="row">{label(path)}</th>
            {isComparison ? (
              <>
                <Value label={t("changes.before")} side="before" value={before} words={words(before)} />
                <Value label={t("changes.after")} side="after" value={after} words={words(after)} />
              </>
            ) : (
              <Value label={t("changes.value")} value={after ?? before} words={words(after ?? before)} />
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ValueProps {
  label: string;
  side?: "before" | "after";
  value: unknown;
  words: readonly string[];
}

function Value({ label, side, value, words }: ValueProps) {
  return (
    <td data-label={label} data-side={side} data-empty={isEmptyValue(value) ? true : undefined}>
      {words.length === 1 ? words[0] : words.map((word) => <span key={word}>{word}</span>)}
    </td>
  );
}
