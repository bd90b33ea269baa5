import { useTranslation } from "react-i18next";
import { ProblemError, UnreachableError } from "@/lib/http/problem";
import type { FormsWords } from "@/lib/i18n/locales/forms.pt-BR";
import { elapsed } from "@/lib/time/format";

type ProblemKey = keyof FormsWords["problems"];

/** Why something did not happen, in the person's language: by the problem's code, else by its status, else its own words. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation("forms");
  return (error) => {
    if (error instanceof UnreachableError) return t("problems.unreachable");
    if (!(error instanceof ProblemError)) return t("problems.failed");
    const values = { ...error.problem, wait: waitOf(error) };
    if (i18n.exists(`problems.${error.code}`, { ns: "forms" }))
      return t(`problems.${error.code as ProblemKey}`, values);
    if (error.status === 429) return t("problems.rate_limited", values);
    if (error.status === 403) return t("problems.forbidden");
    if (error.status === 404) return t("problems.not_found");
    if (error.status === 409) return t("problems.conflict");
    if (error.status >= 500) return t("problems.failed");
    return error.message;
  };
}

/** How long to wait, from the problem's `retry_after_seconds`. */
function waitOf(error: ProblemError): string {
  const seconds = error.problem.retry_after_seconds;
  if (typeof seconds !== "number") return "1 min";
  return seconds < 60 ? `${Math.ceil(seconds)} s` : elapsed(Math.ceil(seconds / 60) * 60_000, "1 min");
}
