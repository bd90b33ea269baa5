import { useState } from "react";
import { CredentialsStep } from "@/features/auth/components/credentials-step";
import { LaterStepView } from "@/features/auth/components/later-step";
import { stepOf, stepOfProblem, type SignInStep } from "@/features/auth/model/sign-in-step";
import { sessionState } from "@/lib/session";
import type { SignInOutcome } from "@/lib/wire/identity";

interface SignInPageProps {
  onSignedIn: () => void;
  onForgot: () => void;
}

function firstStep(): SignInStep {
  const state = sessionState.get();
  return (state.status === "signed-out" ? stepOfProblem(state.problem) : null) ?? { name: "credentials" };
}

/** From the address and password to the session, through whatever the account asks for in between. */
export function SignInPage({ onSignedIn, onForgot }: SignInPageProps) {
  const [step, setStep] = useState(firstStep);
  const onOutcome = (outcome: SignInOutcome) => {
    if (outcome.outcome === "signed_in") onSignedIn();
    else setStep(stepOf(outcome));
  };
  const startAgain = (isOver: boolean) => setStep({ name: "credentials", isOver });
  if (step.name !== "credentials") {
    return <LaterStepView step={step} onSignedIn={onSignedIn} onStartAgain={startAgain} />;
  }
  return (
    <CredentialsStep
      isOver={step.isOver === true}
      onOutcome={onOutcome}
      onSignedIn={onSignedIn}
      onForgot={onForgot}
    />
  );
}
