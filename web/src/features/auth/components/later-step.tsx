import { EnrolmentStep } from "@/features/auth/components/enrolment-step";
import { SecondFactorStep } from "@/features/auth/components/second-factor-step";
import type { LaterStep } from "@/features/auth/model/sign-in-step";

interface LaterStepViewProps {
  step: LaterStep;
  onSignedIn: () => void;
  onStartAgain: (isOver: boolean) => void;
}

/** What comes between the password and the session. */
export function LaterStepView({ step, onSignedIn, onStartAgain }: LaterStepViewProps) {
  return step.name === "second_factor" ? (
    <SecondFactorStep
      challenge={step.challenge}
      methods={step.methods}
      onSignedIn={onSignedIn}
      onStartAgain={onStartAgain}
    />
  ) : (
    <EnrolmentStep challenge={step.challenge} onDone={onSignedIn} onStartAgain={onStartAgain} />
  );
}
