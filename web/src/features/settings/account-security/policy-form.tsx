import { useQueryClient } from "@tanstack/react-query";
import { MapPin } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { SaveBar } from "@/components/save-bar";
import { SettingsCard } from "@/components/settings-page";
import styles from "@/features/settings/account-security/account-security.module.css";
import { changeSecurityPolicy, securityPolicyQuery } from "@/features/settings/account-security/api";
import { EntryList } from "@/features/settings/account-security/entry-list";
import {
  contains,
  networkOf,
  parseNetwork,
  parseOrigin,
} from "@/features/settings/account-security/model/networks";
import { isSamePolicy, wholePolicy, type Policy } from "@/features/settings/account-security/model/policy";
import { NetworkList } from "@/features/settings/account-security/network-list";
import { SecondFactorRoles } from "@/features/settings/account-security/second-factor-roles";
import { ProblemError } from "@/lib/http/problem";
import { useSession } from "@/lib/session";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { SecurityPolicyView } from "@/lib/wire/openapi.gen";

/** As SecurityPolicy of the server. */
const MOST_ORIGINS = 50;

/** The whole policy is one thing that is saved at once: half of it in force could lock somebody out. */
export function PolicyForm({ view }: { view: SecurityPolicyView }) {
  const { t } = useTranslation("accountSecurity");
  const cache = useQueryClient();
  const session = useSession();
  const { busy, error, run, clear } = useTask();
  const stored = wholePolicy(view.policy);
  const [policy, setPolicy] = useState<Policy>(stored);
  const change = (part: Partial<Policy>) => {
    setPolicy({ ...policy, ...part });
    clear();
  };
  const save = async () => {
    await run(async () => {
      const saved = await changeSecurityPolicy(policy, view.version);
      cache.setQueryData(securityPolicyQuery.queryKey, saved);
      showToast(t("saved"));
    });
  };
  const isDirty = !isSamePolicy(policy, stored);
  const address = view.your_address;
  const networks = policy.sign_in_networks;
  const isOut =
    address !== null &&
    networks.length > 0 &&
    session.impersonated_by === null &&
    !networks.some((network) => contains(network, address));
  const addMine = () => {
    const parsed = address === null ? null : parseNetwork(address);
    if (parsed !== null) change({ sign_in_networks: [...networks, networkOf(parsed)] });
  };
  // Of the account's own roles only the server knows whose it is; the built-in ones say so by name.
  const asksOwn = !session.second_factor && policy.second_factor_roles.includes(session.role);
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <SettingsCard title={t("factor.title")} lead={t("factor.lead")}>
        <SecondFactorRoles
          chosen={policy.second_factor_roles}
          onChange={(second_factor_roles) => change({ second_factor_roles })}
        />
        {asksOwn && <Notice tone="warning">{t("factor.own")}</Notice>}
      </SettingsCard>
      <SettingsCard title={t("signIn.title")} lead={t("signIn.lead")}>
        <NetworkList
          label={t("signIn.label")}
          empty={t("signIn.empty")}
          entries={networks}
          yourAddress={address}
          onChange={(sign_in_networks) => change({ sign_in_networks })}
          extra={
            isOut && (
              <Notice
                tone="warning"
                action={
                  <Button icon={MapPin} onClick={addMine}>
                    {t("signIn.addMine")}
                  </Button>
                }
              >
                {t("signIn.notMine", { address })}
              </Notice>
            )
          }
        />
      </SettingsCard>
      <SettingsCard title={t("api.title")} lead={t("api.lead")}>
        <NetworkList
          label={t("api.label")}
          empty={t("api.empty")}
          entries={policy.api_networks}
          yourAddress={address}
          onChange={(api_networks) => change({ api_networks })}
        />
      </SettingsCard>
      <SettingsCard title={t("origins.title")} lead={t("origins.lead")}>
        <EntryList
          label={t("origins.label")}
          hint={t("list.originHint")}
          placeholder="https://crm.exemplo.com.br"
          entries={policy.allowed_origins}
          limit={MOST_ORIGINS}
          empty={t("origins.empty")}
          check={(text) => {
            const entry = parseOrigin(text);
            return entry === null ? { error: t("list.badOrigin") } : { entry };
          }}
          onChange={(allowed_origins) => change({ allowed_origins })}
        />
      </SettingsCard>
      {error !== null && <Refusal error={error} />}
      <div className={styles.saving} data-waiting={isDirty ? true : undefined}>
        <SaveBar
          isDirty={isDirty}
          busy={busy}
          onDiscard={() => {
            setPolicy(stored);
            clear();
          }}
        />
      </div>
    </form>
  );
}

function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation("accountSecurity");
  const cache = useQueryClient();
  const problemText = useProblemText();
  const code = error instanceof ProblemError ? error.code : null;
  if (error instanceof ProblemError && code === "would_lock_you_out") {
    return (
      <Notice tone="danger">
        {t("lockedOut", { address: error.text("address") ?? t("address.unknown") })}
      </Notice>
    );
  }
  if (code === "policy_changed") {
    return (
      <Notice
        tone="danger"
        action={
          <Button onClick={() => void cache.invalidateQueries({ queryKey: securityPolicyQuery.queryKey })}>
            {t("changedAction")}
          </Button>
        }
      >
        {t("changed")}
      </Notice>
    );
  }
  return <Notice tone="danger">{problemText(error)}</Notice>;
}
