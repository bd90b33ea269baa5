import { queryOptions, useQuery } from "@tanstack/react-query";
import { FileDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { certificateQuery, downloadCertificate, privacyKeys } from "@/features/settings/privacy/api";
import type { PrivacyWords } from "@/features/settings/privacy/locale/pt-BR";
import styles from "@/features/settings/privacy/privacy.module.css";
import { request } from "@/lib/http/client";
import { fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { ErasureCertificate, ErasureView } from "@/lib/wire/openapi.gen";

function erasureQuery(id: string) {
  return queryOptions({
    queryKey: [...privacyKeys.erasures, id],
    queryFn: ({ signal }) => request<ErasureView>("GET", `/privacy/erasures/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === "pending" ? 2000 : false),
  });
}

/** One line of the ledger with its certificate. */
export function ErasureDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, i18n } = useTranslation("privacy");
  const query = useQuery(erasureQuery(id));
  const when = query.data ? fullTime(query.data.requested_at, i18n.language) : "…";
  return (
    <Dialog title={t("certificate.title", { when })} size={560} onClose={onClose}>
      <Loaded query={query}>
        {(erasure) => (
          <div className={styles.certificate}>
            <p className={styles.summary}>
              {t("certificate.by", { name: erasure.requested_by_name || t("erasures.byRules") })}
              {" · "}
              {erasure.reason}
            </p>
            {erasure.state === "pending" && <Notice>{t("certificate.pending")}</Notice>}
            {erasure.state === "failed" && <Notice tone="danger">{t("certificate.failed")}</Notice>}
            <Removed removed={erasure.removed} />
            {erasure.state === "done" && <Certificate id={id} />}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

function Removed({ removed }: { removed: ErasureView["removed"] }) {
  const { t, i18n } = useTranslation("privacy");
  const counts = Object.entries(removed).filter(([, count]) => count > 0);
  const named = (kind: string) => {
    const key = `certificate.kinds.${kind}`;
    return i18n.exists(key, { ns: "privacy" }) ? t(key as "certificate.kinds.files") : kind;
  };
  return (
    <section>
      <h3>{t("certificate.removed")}</h3>
      {counts.length === 0 ? (
        <p className={styles.summary}>{t("certificate.nothing")}</p>
      ) : (
        <dl className={styles.counts}>
          {counts.map(([kind, count]) => (
            <div key={kind}>
              <dt>{named(kind)}</dt>
              <dd>{new Intl.NumberFormat(i18n.language).format(count)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Certificate({ id }: { id: string }) {
  const { t } = useTranslation("privacy");
  const query = useQuery(certificateQuery(id));
  const problemText = useProblemText();
  const { busy, run } = useTask();
  const download = () =>
    void run(async () => {
      try {
        await downloadCertificate(id, t("certificate.fileName", { id }));
      } catch (error) {
        showToast(problemText(error), "trouble");
      }
    });
  return (
    <Loaded query={query}>
      {(certificate) => (
        <>
          <Lines title={t("certificate.kept")} group="keptKinds" names={certificate.kept} />
          <Lines
            title={t("certificate.notCovered")}
            group="notCoveredKinds"
            names={certificate.not_covered}
          />
          <Proof certificate={certificate} />
          <footer className={styles.foot}>
            <Button variant="primary" icon={FileDown} busy={busy} onClick={download}>
              {t("certificate.download")}
            </Button>
          </footer>
        </>
      )}
    </Loaded>
  );
}

interface LinesProps {
  title: string;
  group: keyof Pick<PrivacyWords["certificate"], "keptKinds" | "notCoveredKinds">;
  names: readonly string[];
}

function Lines({ title, group, names }: LinesProps) {
  const { t, i18n } = useTranslation("privacy");
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {names.map((name) => {
          const key = `certificate.${group}.${name}`;
          return (
            <li key={name}>
              {i18n.exists(key, { ns: "privacy" }) ? t(key as "certificate.keptKinds.audit_log") : name}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Proof({ certificate }: { certificate: ErasureCertificate }) {
  const { t, i18n } = useTranslation("privacy");
  return (
    <section>
      <h3>{t("certificate.proof")}</h3>
      <p className={styles.summary}>
        {t("certificate.finished", { when: fullTime(certificate.done_at, i18n.language) })}
        {" · "}
        {t("certificate.hashes", { count: certificate.subject.hashes.length })}
        {" · "}
        {t("certificate.basis")}: {certificate.legal_basis}
      </p>
      <code className={styles.seal} aria-label={t("certificate.seal")} tabIndex={0}>
        {certificate.mac}
      </code>
    </section>
  );
}
