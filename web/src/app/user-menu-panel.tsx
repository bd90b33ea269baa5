import { LogOut } from "lucide-react";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "@/app/user-menu.module.css";
import { useAvailability } from "@/app/use-availability";
import { switchLanguage } from "@/lib/i18n/i18n";
import { changePreferences, usePreference, type Locale } from "@/lib/preferences";
import { signOut, useSession } from "@/lib/session";
import type { MemberView } from "@/lib/wire/openapi.gen";
import { MOD_KEY } from "@/components/kbd";

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
}

/** A row with two or three ways to have it. */
function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <span id={id}>{label}</span>
      <div role="radiogroup" aria-labelledby={id} className={styles.options}>
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            role="radio"
            aria-checked={option.value === value}
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </button>
        ))}
      </div>
    </div>
  );
}

const PAUSE_REASONS = ["lunch", "coffee", "restroom", "nr17", "training", "feedback"] as const;

export default function UserMenuPanel({ me, onDone }: { me: MemberView | undefined; onDone: () => void }) {
  const { t, i18n } = useTranslation("app");
  const { user, role } = useSession();
  const setAvailability = useAvailability();
  const theme = usePreference("theme");
  const density = usePreference("density");
  const sound = usePreference("sound");
  const sendWith = usePreference("sendWith");
  const availability = me?.availability ?? "offline";

  const language = (locale: Locale) => {
    changePreferences({ locale });
    void switchLanguage(locale);
  };

  return (
    <div className={styles.panel}>
      <header>
        <strong>{user.name}</strong>
        <span>{t(`account.roles.${role}`)}</span>
      </header>

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

      <hr />
      <Choice
        label={t("account.theme")}
        value={theme}
        onChange={(value) => changePreferences({ theme: value })}
        options={(["light", "dark", "auto"] as const).map((value) => ({
          value,
          label: t(`account.${value}`),
        }))}
      />
      <Choice
        label={t("account.density")}
        value={density}
        onChange={(value) => changePreferences({ density: value })}
        options={(["comfortable", "compact"] as const).map((value) => ({
          value,
          label: t(`account.${value}`),
        }))}
      />
      <Choice
        label={t("account.language")}
        value={i18n.language === "en" ? "en" : "pt-BR"}
        onChange={language}
        options={[
          { value: "pt-BR", label: "Português" },
          { value: "en", label: "English" },
        ]}
      />
      <Choice
        label={t("account.sendWith")}
        value={sendWith}
        onChange={(value) => changePreferences({ sendWith: value })}
        options={[
          { value: "enter", label: t("account.enter") },
          { value: "mod-enter", label: `${MOD_KEY}+Enter` },
        ]}
      />
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
