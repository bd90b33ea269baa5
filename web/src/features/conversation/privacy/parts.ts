import { lazy } from "react";
import { loadTexts } from "@/lib/i18n/i18n";

/** Loaded when somebody looks at the panel, with their texts: who only answers messages needs none of it. */
const withTexts = async <T>(part: Promise<T>): Promise<T> => {
  await loadTexts("forms", "exports", "contactPrivacy");
  return part;
};

export const ContactPrivacy = lazy(() =>
  withTexts(import("@/features/conversation/privacy/contact-privacy")),
);
export const RevealDialog = lazy(() => withTexts(import("@/features/conversation/privacy/reveal-dialog")));
