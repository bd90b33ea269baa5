import type { EnrolmentOutcome, SecondFactorOutcome, SignedInOutcome } from "@/lib/wire/openapi.gen";

/**
 * The answer of POST /auth/sign-in. The description gives `outcome` a default, which makes it optional in the generated
 * models; the server always sends it.
 */
export type SignInOutcome =
  | (SignedInOutcome & { outcome: "signed_in" })
  | (SecondFactorOutcome & { outcome: "second_factor" })
  | (EnrolmentOutcome & { outcome: "enrolment_required" });

export type SecondFactorMethod = SecondFactorOutcome["methods"][number];
