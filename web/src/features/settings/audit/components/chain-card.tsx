import { useQueryClient } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { CopyLine } from "@/components/secret-once";
import { SettingsCard } from "@/components/settings-page";
import { auditKey, verifyChain } from "@/features/settings/audit/api";
import styles from "@/features/settings/audit/audit.module.css";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { Verification } from "@/lib/wire/openapi.gen";

interface ChainCardProps {
  /** Whose chain it is: the account's own, where not said. */
  verify?: () => Promise<Verification>;
  /** The list that the checking itself makes longer. */
  changes?: readonly string[];
}

/** A button that asks the server to recompute every seal, and what it found. */
export function ChainCard({ verify: check = verifyChain, changes = auditKey }: ChainCardProps) {
  const { t } = useTranslation("audit");
  const cache = useQueryClient();
  const problemText = useProblemText();
  const { busy, error, run } = useTask();
  const [found, setFound] = useState<Verification | null>(null);
  const verify = () =>
    void run(async () => {
      setFound(await check());
      // That it was checked is an entry too.
      await cache.invalidateQueries({ queryKey: changes });
    });
  return (
    <SettingsCard
      title={t("chain.title")}
      lead={t("chain.lead")}
      aside={
        <Button icon={ShieldCheck} busy={busy} onClick={verify}>
          {t(busy ? "chain.verifying" : "chain.verify")}
        </Button>
      }
    >
      {error !== null ? (
        <Notice tone="danger">{problemText(error)}</Notice>
      ) : (
        found !== null && <Result found={found} />
      )}
    </SettingsCard>
  );
}

function Result({ found }: { found: Verification }) {
  const { t, i18n } = useTranslation("audit");
  if (!found.is_whole) {
    return (
      <Notice tone="danger" title={t("chain.broken")}>
        {t("chain.brokenBody")}
        <ul className={styles.broken}>
          {found.broken.map((place) => (
            <li key={`${place.seq} ${place.fault}`}>
              {t("chain.place", { seq: place.seq, fault: t(`chain.faults.${place.fault}`) })}
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  return (
    <>
      <Notice tone="success" title={t("chain.whole")}>
        {t("chain.wholeBody", {
          count: found.entries,
          replace: { count: new Intl.NumberFormat(i18n.language).format(found.entries) },
        })}
      </Notice>
      <details className={styles.seal}>
        <summary>{t("chain.seal", { seq: found.head_seq })}</summary>
        <p>{t("chain.sealHint")}</p>
        <CopyLine label={t("chain.seal", { seq: found.head_seq })} text={found.head_mac} />
      </details>
    </>
  );
}
