import { useTranslation } from "react-i18next";
import { ProblemError, UnreachableError } from "@/lib/http/problem";
import { showToast } from "@/lib/toasts";

/** Tells why something that the person asked for did not happen, in their language as far as the cause is known. */
export function useTroubleToast(): (error: unknown) => void {
  const { t } = useTranslation("app");
  return (error) => {
    if (error instanceof UnreachableError) showToast(t("notify.unreachable"), "trouble");
    else if (error instanceof ProblemError && error.code === "already_accepted") {
      const name = error.text("assignee_name");
      showToast(
        name === null
          ? t("conversation.alreadyAcceptedSomebody")
          : t("conversation.alreadyAccepted", { name }),
        "trouble",
      );
    } else if (error instanceof ProblemError && error.status === 403)
      showToast(t("notify.forbidden"), "trouble");
    else if (error instanceof ProblemError && error.status === 409) showToast(t("notify.changed"), "trouble");
    else showToast(error instanceof Error && error.message ? error.message : t("notify.failed"), "trouble");
  };
}
