import { isRecord } from "@/lib/storage";
import type { SecondFactorMethod, SignInOutcome } from "@/lib/wire/identity";
import type { Problem } from "@/lib/wire/protocol.gen";

export type LaterStep =
  | { name: "second_factor"; challenge: string; methods: readonly SecondFactorMethod[] }
  | { name: "enrolment"; challenge: string };
/** `isOver`: a later step took too long or was tried too often. */
export type SignInStep = { name: "credentials"; isOver?: boolean } | LaterStep;

type Unfinished = Exclude<SignInOutcome, { outcome: "signed_in" }>;

export function stepOf(outcome: Unfinished): LaterStep {
  return outcome.outcome === "second_factor"
    ? { name: "second_factor", challenge: outcome.challenge, methods: outcome.methods }
    : { name: "enrolment", challenge: outcome.challenge };
}

/** A session that ended because the role now needs a second factor goes on right there: `second_factor_required`. */
export function stepOfProblem(problem: Problem | null): LaterStep | null {
  if (problem?.code !== "second_factor_required" || !isRecord(problem)) return null;
  const { outcome, challenge, methods } = problem;
  if (typeof challenge !== "string") return null;
  if (outcome === "enrolment_required") return { name: "enrolment", challenge };
  const known = ["totp", "passkey", "recovery_code"] as const;
  const offered = Array.isArray(methods) ? known.filter((method) => methods.includes(method)) : known;
  return { name: "second_factor", challenge, methods: offered };
}
