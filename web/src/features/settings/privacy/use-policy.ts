import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { privacyKeys, privacyPolicyQuery, replacePolicy } from "@/features/settings/privacy/api";
import { ProblemError } from "@/lib/http/problem";
import { useProblemText } from "@/lib/use-problem-text";
import type { PrivacyPolicyView } from "@/lib/wire/openapi.gen";

interface Policy {
  /** Puts a part of the policy in force; the rest stays as it is. */
  save: (policy: PrivacyPolicyView, change: Partial<PrivacyPolicyView>) => Promise<void>;
  /** Why it was refused. */
  why: (error: unknown) => string;
}

export function usePolicy(): Policy {
  const { t } = useTranslation("privacy");
  const cache = useQueryClient();
  const problemText = useProblemText();
  return {
    save: async (policy, change) => {
      try {
        cache.setQueryData(privacyPolicyQuery.queryKey, await replacePolicy({ ...policy, ...change }));
        await cache.invalidateQueries({ queryKey: privacyKeys.preview });
      } catch (error) {
        if (isOutdated(error)) await cache.invalidateQueries({ queryKey: privacyKeys.policy });
        throw error;
      }
    },
    why: (error) => (isOutdated(error) ? t("changed") : problemText(error)),
  };
}

function isOutdated(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "policy_changed";
}
