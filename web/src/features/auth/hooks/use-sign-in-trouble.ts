import { useTranslation } from "react-i18next";
import { ProblemError } from "@/lib/http/problem";
import { usePasskeyText } from "@/lib/use-passkey-text";

/** Why somebody was not let in. A refused form says no more than a wrong password: it gives no hint. */
export function useSignInTrouble(): (error: unknown) => string {
  const { t } = useTranslation("auth");
  const text = usePasskeyText();
  return (error) => {
    if (!(error instanceof ProblemError)) return text(error);
    if (error.code === "account_suspended") {
      const reason = error.text("reason");
      return reason === null || reason === ""
        ? t("signIn.suspended")
        : t("signIn.suspendedBecause", { reason });
    }
    if (error.status === 422) return t("signIn.wrong");
    return text(error);
  };
}
