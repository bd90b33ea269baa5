import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { EntryList, type Checked } from "@/features/settings/account-security/entry-list";
import {
  contains,
  hasHostBits,
  networkOf,
  parseNetwork,
} from "@/features/settings/account-security/model/networks";

interface NetworkListProps {
  label: string;
  empty: string;
  entries: readonly string[];
  yourAddress: string | null;
  extra?: ReactNode;
  onChange: (entries: string[]) => void;
}

/** As SecurityPolicy of the server. */
const LIMIT = 200;

export function NetworkList({ yourAddress, ...props }: NetworkListProps) {
  const { t } = useTranslation("accountSecurity");
  const check = (text: string): Checked => {
    const parsed = parseNetwork(text);
    if (parsed === null) return { error: t("list.badNetwork") };
    const network = networkOf(parsed);
    return hasHostBits(parsed) ? { error: t("list.hostBits", { network }) } : { entry: network };
  };
  return (
    <EntryList
      {...props}
      hint={t("list.networkHint")}
      placeholder="203.0.113.0/24"
      limit={LIMIT}
      check={check}
      isMine={(entry) => yourAddress !== null && contains(entry, yourAddress)}
    />
  );
}
