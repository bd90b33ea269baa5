import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { RowsSkeleton } from "@/components/page-skeleton";
import { fetchInvitation } from "@/features/auth/api";
import { AcceptForm } from "@/features/auth/components/accept-form";
import { LaterStepView } from "@/features/auth/components/later-step";
import { LinkOver } from "@/features/auth/components/link-over";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";
import { stepOf, type LaterStep } from "@/features/auth/model/sign-in-step";
import { ProblemError } from "@/lib/http/problem";
import { restoreSession } from "@/lib/session";
import { useProblemText } from "@/lib/use-problem-text";
import type { SignInOutcome } from "@/lib/wire/identity";

interface InvitationPageProps {
  token: string | null;
  onSignedIn: () => void;
  /** Registered people prove who they are first, then come back here. */
  onSignIn: () => void;
}

/** Behind the link of an invitation: who asks whom into which company, and what it takes to come in. */
export function InvitationPage({ token, onSignedIn, onSignIn }: InvitationPageProps) {
  const { t } = useTranslation("auth");
  const problemText = useProblemText();
  const [step, setStep] = useState<LaterStep | null>(null);
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: async ({ signal }) => {
      const [preview, session] = await Promise.all([fetchInvitation(token ?? "", signal), restoreSession()]);
      return { preview, session };
    },
    enabled: token !== null,
    staleTime: Infinity,
    // Whoever comes back from the sign-in is somebody else than before.
    gcTime: 0,
  });

  const onOutcome = (outcome: SignInOutcome) => {
    if (outcome.outcome === "signed_in") onSignedIn();
    else setStep(stepOf(outcome));
  };

  if (step !== null) {
    return <LaterStepView step={step} onSignedIn={onSignedIn} onStartAgain={onSignIn} />;
  }
  // 422: cut off on its way through a mail program; it never was a link of ours.
  const isOver = invitation.error instanceof ProblemError && [404, 422].includes(invitation.error.status);
  if (token === null || isOver) {
    return (
      <LinkOver
        lead={t("invitation.overLead")}
        action={
          <Button className={styles.second ?? ""} onClick={onSignIn}>
            {t("invitation.toSignIn")}
          </Button>
        }
      />
    );
  }
  if (invitation.error !== null) {
    return (
      <Step title={t("invitation.loading")}>
        <Notice tone="danger">{problemText(invitation.error)}</Notice>
        <Button busy={invitation.isFetching} onClick={() => void invitation.refetch()}>
          {t("invitation.retry")}
        </Button>
      </Step>
    );
  }
  if (invitation.data === undefined) {
    return (
      <Step title={t("invitation.loading")}>
        <RowsSkeleton rows={3} />
      </Step>
    );
  }
  const { preview, session } = invitation.data;
  return (
    <AcceptForm token={token} preview={preview} session={session} onOutcome={onOutcome} onSignIn={onSignIn} />
  );
}
