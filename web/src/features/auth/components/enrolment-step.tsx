import { ArrowRight, ShieldPlus } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { CheckField } from "@/components/field";
import { Notice } from "@/components/notice";
import { RowsSkeleton } from "@/components/page-skeleton";
import { RecoveryCodes } from "@/components/recovery-codes";
import { TotpSetup } from "@/components/totp-setup";
import { confirmEnrolment, startEnrolment } from "@/features/auth/api";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";
import { ProblemError } from "@/lib/http/problem";
import { sessionState } from "@/lib/session";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { TotpSetupView } from "@/lib/wire/openapi.gen";

interface EnrolmentStepProps {
  challenge: string;
  onDone: () => void;
  onStartAgain: (isOver: boolean) => void;
}

/** The role demands a second factor and there is none yet: it is set up before the first page is seen. */
export function EnrolmentStep({ challenge, onDone, onStartAgain }: EnrolmentStepProps) {
  const { t } = useTranslation("auth");
  const problemText = useProblemText();
  const task = useTask();
  const [setup, setSetup] = useState<TotpSetupView | null>(null);
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { run } = task;

  const isOver = task.error instanceof ProblemError && task.error.code === "challenge_over";
  useEffect(() => {
    if (isOver) onStartAgain(true);
  }, [isOver, onStartAgain]);

  useEffect(() => {
    let current = true;
    void run(async () => {
      const started = await startEnrolment(challenge);
      if (current) setSetup(started);
    });
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per challenge: every start makes a new secret
  }, [challenge]);

  if (codes !== null) return <KeepCodes codes={codes} onDone={onDone} />;

  const confirm = (typed: string) =>
    task.run(async () => {
      try {
        const given = await confirmEnrolment(challenge, typed);
        if (given.length === 0) onDone();
        else setCodes(given);
      } finally {
        setCode("");
      }
    });

  const trouble = task.error === null ? null : problemText(task.error);
  return (
    <Step
      takesFocus
      title={t("enrolment.title")}
      lead={t("enrolment.lead")}
      mark={
        <span className={styles.mark}>
          <ShieldPlus size={24} strokeWidth={1.7} aria-hidden="true" />
        </span>
      }
    >
      {setup === null ? (
        trouble === null ? (
          <RowsSkeleton />
        ) : (
          <Notice tone="danger">{trouble}</Notice>
        )
      ) : (
        <TotpSetup
          setup={setup}
          code={code}
          error={trouble}
          busy={task.busy}
          onCode={setCode}
          onComplete={(typed) => void confirm(typed)}
        />
      )}
      <button type="button" className={styles.link} onClick={() => onStartAgain(false)}>
        {t("secondFactor.startAgain")}
      </button>
    </Step>
  );
}

function KeepCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation("auth");
  const [kept, setKept] = useState(false);
  const state = sessionState.get();
  const email = state.status === "signed-in" ? state.session.user.email : "";
  return (
    <Step takesFocus title={t("enrolment.codesTitle")} lead={t("enrolment.codesLead")}>
      <RecoveryCodes codes={codes} email={email} />
      <CheckField
        label={t("enrolment.kept")}
        checked={kept}
        onChange={(event) => setKept(event.target.checked)}
      />
      <Button
        variant="primary"
        className={styles.submit ?? ""}
        icon={ArrowRight}
        disabled={!kept}
        onClick={onDone}
      >
        {t("enrolment.goOn")}
      </Button>
    </Step>
  );
}
