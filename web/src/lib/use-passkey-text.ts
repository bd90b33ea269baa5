import { useTranslation } from "react-i18next";
import { useProblemText } from "@/lib/use-problem-text";
import { PasskeyError } from "@/lib/webauthn";

/** As useProblemText, for what may have gone wrong on the device as well. */
export function usePasskeyText(): (error: unknown) => string {
  const { t } = useTranslation("forms");
  const problemText = useProblemText();
  return (error) => (error instanceof PasskeyError ? t(`passkey.${error.trouble}`) : problemText(error));
}
