import { Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { searchErasures } from "@/features/settings/privacy/api";
import styles from "@/features/settings/privacy/privacy.module.css";
import { ProblemError } from "@/lib/http/problem";
import { fullTime } from "@/lib/time/format";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { ErasureView } from "@/lib/wire/openapi.gen";

/** As ErasureSearch of the server. */
const LENGTH = { least: 3, most: 140 } as const;

/** Proof for whoever knows the number: was this person erased? */
export function ErasureSearch({ onOpen }: { onOpen: (erasure: ErasureView) => void }) {
  const { t, i18n } = useTranslation("privacy");
  const problemText = useProblemText();
  const { busy, error, run, clear } = useTask();
  const [identity, setIdentity] = useState("");
  const [found, setFound] = useState<ErasureView[] | null>(null);
  const look = () => {
    setFound(null);
    void run(async () => setFound(await searchErasures(identity.trim())));
  };
  return (
    <form
      className={styles.proof}
      role="search"
      aria-label={t("erasures.search")}
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <TextField
        label={t("erasures.searchLabel")}
        hint={t("erasures.searchHint")}
        error={
          error !== null &&
          (error instanceof ProblemError && error.status === 422 ? t("erasures.invalid") : problemText(error))
        }
        value={identity}
        maxLength={LENGTH.most}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setIdentity(event.target.value);
          setFound(null);
          clear();
        }}
      />
      <Button type="submit" icon={Search} busy={busy} disabled={identity.trim().length < LENGTH.least}>
        {t("erasures.searchGo")}
      </Button>
      {found !== null && (
        <div className={styles.answer}>
          {found.length === 0 ? (
            <Notice>{t("erasures.searchNone")}</Notice>
          ) : (
            <Notice
              tone="success"
              action={found.map((erasure) => (
                <Button key={erasure.id} onClick={() => onOpen(erasure)}>
                  {t("certificate.title", { when: fullTime(erasure.requested_at, i18n.language) })}
                </Button>
              ))}
            >
              {t("erasures.searchFound", { count: found.length })}
            </Notice>
          )}
        </div>
      )}
    </form>
  );
}
