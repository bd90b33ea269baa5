import { Link, useNavigate } from "@tanstack/react-router";
import { Check, LogOut, UserRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/app/user-menu.module.css";
import { useAvailability } from "@/app/use-availability";
import { switchLanguage } from "@/lib/i18n/i18n";
import { changePreferences, usePreference, type Locale } from "@/lib/preferences";
import { Avatar } from "@/components/avatar";
import { accessToken } from "@/lib/http/client";
import { signOut, switchAccount, useSession } from "@/lib/session";
import { showToast } from "@/lib/toasts";
import { useTroubleToast } from "@/lib/use-trouble-toast";
import type { MemberView, OwnAccount } from "@/lib/wire/openapi.gen";
import { Segmented } from "@/components/segmented";

const PAUSE_REASONS = ["lunch", "coffee", "restroom", "nr17", "training", "feedback"] as const;

export default function UserMenuPanel({ me, onDone }: { me: MemberView | undefined; onDone: () => void }) {
  const { t, i18n } = useTranslation("app");
  const { user, role, role_name: roleName, account, accounts, permissions } = useSession();
  const theme = usePreference("theme");
  const sound = usePreference("sound");

  const language = (locale: Locale) => {
    changePreferences({ locale });
    void switchLanguage(locale);
  };

  return (
    <div className={styles.panel}>
      <header>
        <strong>{user.name}</strong>
        <span>{roleName ?? t(`account.roles.${role}`)}</span>
      </header>

      {accounts.length > 1 && <AccountSwitcher currentId={account.id} accounts={accounts} onDone={onDone} />}
      {permissions.includes("inbox") && <Availability me={me} />}

      <hr />
      <div className={styles.choice}>
        <Segmented
          label={t("account.theme")}
          value={theme}
          onChange={(value) => changePreferences({ theme: value })}
          options={(["light", "dark", "auto"] as const).map((value) => ({
            value,
            label: t(`account.${value}`),
          }))}
        />
      </div>
      <div className={styles.choice}>
        <Segmented
          label={t("account.language")}
          value={i18n.language === "en" ? "en" : "pt-BR"}
          onChange={language}
          options={[
            { value: "pt-BR", label: "Português" },
            { value: "en", label: "English" },
          ]}
        />
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={sound}
        className={styles.switch}
        onClick={() => changePreferences({ sound: !sound })}
      >
        {t("account.sound")}
        <span aria-hidden="true" />
      </button>
      <hr />
      <Link to="/settings/$page" params={{ page: "profile" }} className={styles.signOut} onClick={onDone}>
        <UserRound size={17} aria-hidden="true" />
        {t("account.profile")}
      </Link>
      <button
        type="button"
        className={styles.signOut}
        data-testid="sign-out"
        onClick={() => {
          onDone();
          void signOut();
        }}
      >
        <LogOut size={17} aria-hidden="true" />
        {t("account.signOut")}
      </button>
    </div>
  );
}

function Availability({ me }: { me: MemberView | undefined }) {
  const { t } = useTranslation("app");
  const setAvailability = useAvailability();
  const availability = me?.availability ?? "offline";
  return (
    <>
      <div className={styles.availability} role="radiogroup" aria-label={t("account.availability")}>
        {(["online", "paused", "offline"] as const).map((value) => (
          <button
            key={value}
            type="button"
            role="radio"
            aria-checked={availability === value}
            data-availability={value}
            onClick={() => {
              const reason = value === "paused" ? t("account.reasons.coffee") : null;
              void setAvailability(value, reason);
            }}
          >
            <span className={styles.dot} aria-hidden="true" />
            {t(`account.${value}`)}
          </button>
        ))}
      </div>
      {availability === "paused" && (
        <div className={styles.reasons} role="radiogroup" aria-label={t("account.pauseReason")}>
          {PAUSE_REASONS.map((reason) => {
            const name = t(`account.reasons.${reason}`);
            return (
              <button
                key={reason}
                type="button"
                role="radio"
                aria-checked={me?.pause_reason === name}
                onClick={() => void setAvailability("paused", name)}
              >
                {name}
              </button>
            );
          })}
        </div>
      )}
    </>
  );
}

interface AccountSwitcherProps {
  currentId: string;
  accounts: readonly OwnAccount[];
  onDone: () => void;
}

/** Whoever belongs to several companies goes from one to the other; everything on the screen is then the other's. */
function AccountSwitcher({ currentId, accounts, onDone }: AccountSwitcherProps) {
  const { t } = useTranslation("app");
  const navigate = useNavigate();
  const trouble = useTroubleToast();
  const [busyId, setBusyId] = useState<string | null>(null);
  const go = async ({ id, name }: OwnAccount) => {
    if (id === currentId) return;
    setBusyId(id);
    try {
      const signedIn = await switchAccount(id);
      onDone();
      // First away from what is open: it is not the other company's.
      await navigate({ to: "/inbox/$view", params: { view: "mine" } });
      accessToken.adopt(signedIn);
      await navigate({ to: "/" });
      showToast(t("account.switched", { name }));
    } catch (error) {
      trouble(error);
      setBusyId(null);
    }
  };
  return (
    <>
      <div className={styles.accounts} role="radiogroup" aria-label={t("account.accounts")}>
        {accounts.map((account) => (
          <button
            key={account.id}
            type="button"
            role="radio"
            aria-checked={account.id === currentId}
            aria-busy={account.id === busyId || undefined}
            disabled={busyId !== null}
            onClick={() => void go(account)}
          >
            <Avatar id={account.id} name={account.name} size={28} />
            <span>
              {account.name}
              <small>{t(`account.roles.${account.role}`)}</small>
            </span>
            {account.id === currentId && <Check size={16} aria-hidden="true" />}
          </button>
        ))}
      </div>
      <hr />
    </>
  );
}
