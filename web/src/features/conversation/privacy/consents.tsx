import { useQuery } from "@tanstack/react-query";
import { History, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { IconButton } from "@/components/icon-button";
import { consentsQuery } from "@/features/conversation/privacy/api";
import { ConsentDialog } from "@/features/conversation/privacy/consent-dialog";
import styles from "@/features/conversation/privacy/contact-privacy.module.css";
import { useMay } from "@/lib/permissions";
import { fullTime } from "@/lib/time/format";
import type { ConsentView, ContactView } from "@/lib/wire/openapi.gen";

export function Consents({ contact }: { contact: ContactView }) {
  const { t } = useTranslation("contactPrivacy");
  const query = useQuery(consentsQuery(contact.id));
  const mayEdit = useMay("contacts.edit");
  const isDesk = useMay("privacy.manage");
  const [opened, setOpened] = useState<"new" | "history" | null>(null);
  const close = () => setOpened(null);
  return (
    <section aria-label={t("consents.title")}>
      <header className={styles.head}>
        <h3>{t("consents.title")}</h3>
        {(mayEdit || isDesk) && (
          <IconButton icon={Plus} size={17} label={t("consents.add")} onClick={() => setOpened("new")} />
        )}
      </header>
      {query.data === undefined ? (
        query.isError ? (
          <p className={styles.note}>
            {t("consents.trouble")}{" "}
            <button type="button" className={styles.link} onClick={() => void query.refetch()}>
              {t("consents.retry")}
            </button>
          </p>
        ) : (
          <span className={styles.skeleton} aria-busy="true" />
        )
      ) : query.data.current.length === 0 ? (
        <p className={styles.note}>{t("consents.none")}</p>
      ) : (
        <>
          <ul className={styles.consents}>
            {query.data.current.map((consent) => (
              <li key={consent.id}>
                <Decision consent={consent} />
              </li>
            ))}
          </ul>
          <Button variant="quiet" icon={History} className={styles.more} onClick={() => setOpened("history")}>
            {t("consents.history")}
          </Button>
        </>
      )}
      {opened === "new" && <ConsentDialog contactId={contact.id} onClose={close} />}
      {opened === "history" && query.data && (
        <Dialog
          title={t("consents.historyTitle", { name: contact.name })}
          lead={t("consents.historyLead")}
          onClose={close}
        >
          <Ledger entries={query.data.history} />
        </Dialog>
      )}
    </section>
  );
}

/** The account's own purposes have no words of ours. */
function usePurpose(): (purpose: string) => string {
  const { t } = useTranslation("contactPrivacy");
  return (purpose) =>
    purpose === "service" || purpose === "marketing"
      ? t(`consents.purposes.${purpose}`)
      : purpose.replaceAll("_", " ");
}

function Decision({ consent }: { consent: ConsentView }) {
  const { t, i18n } = useTranslation("contactPrivacy");
  const purpose = usePurpose();
  return (
    <>
      <span className={styles.decision}>
        <strong>{purpose(consent.purpose)}</strong>
        <Badge tone={consent.granted ? "success" : "danger"}>
          {t(consent.granted ? "consents.granted" : "consents.denied")}
        </Badge>
      </span>
      <small>
        {t(`consents.bases.${consent.legal_basis}`)} · {t(`consents.sources.${consent.source}`)} ·{" "}
        {t("consents.since", { when: fullTime(consent.at, i18n.language) })}
      </small>
    </>
  );
}

function Ledger({ entries }: { entries: readonly ConsentView[] }) {
  const { t, i18n } = useTranslation("contactPrivacy");
  return (
    <ol className={styles.ledger}>
      {entries.map((consent) => (
        <li key={consent.id}>
          <Decision consent={consent} />
          {consent.evidence !== "" && <blockquote>{consent.evidence}</blockquote>}
          <small>
            {t("consents.recordedBy", {
              name: consent.recorded_by_name || "–",
              when: fullTime(consent.recorded_at, i18n.language),
            })}
          </small>
        </li>
      ))}
    </ol>
  );
}
