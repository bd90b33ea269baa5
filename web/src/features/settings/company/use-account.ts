import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountQuery } from "@/features/settings/company/api";
import { keys } from "@/lib/api/queries";
import { updateSession } from "@/lib/session";
import type { AccountView } from "@/lib/wire/openapi.gen";

/**
 * The account as the forms have it. What others change meanwhile does not slip under what is being typed: it is told
 * (`isStale`), and `reload` brings it. What is done here is taken at once.
 */
export function useAccount() {
  const cache = useQueryClient();
  const query = useQuery(accountQuery);
  const [base, setBase] = useState<AccountView | null>(null);
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  const account = base ?? query.data;
  if (base === null && query.data !== undefined) setBase(query.data);

  const adopt = (next: AccountView) => {
    setBase(next);
    cache.setQueryData(keys.account, next);
    const { name, brand_color, logo_url, locale, time_zone, state } = next;
    updateSession((session) => ({
      ...session,
      account: { ...session.account, name, brand_color, logo_url, locale, time_zone, state },
    }));
  };

  return {
    query,
    account,
    /** Counts the reloads: forms begin anew with each. */
    round,
    isStale: !busy && account !== undefined && (query.data?.version ?? 0) > account.version,
    reload: async () => {
      const { data } = await query.refetch();
      if (data === undefined) return;
      setBase(data);
      setRound((before) => before + 1);
    },
    save: async (change: () => Promise<AccountView>) => {
      setBusy(true);
      try {
        const next = await change();
        adopt(next);
        return next;
      } finally {
        setBusy(false);
      }
    },
  };
}

export type SaveAccount = ReturnType<typeof useAccount>["save"];
