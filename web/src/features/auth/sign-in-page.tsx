import { useForm } from "@mantine/form";
import { AlertCircle, ArrowRight, Eye, EyeOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Wordmark } from "@/components/logo";
import { SignInScene } from "@/features/auth/sign-in-scene";
import styles from "@/features/auth/sign-in-page.module.css";
import { ProblemError, UnreachableError } from "@/lib/http/problem";
import { switchLanguage } from "@/lib/i18n/i18n";
import { changePreferences, type Locale } from "@/lib/preferences";
import { sessionState, signIn } from "@/lib/session";

type Failure = "wrong" | "tooMany" | "unreachable" | "failed";

function failureOf(error: unknown): Failure {
  if (error instanceof UnreachableError) return "unreachable";
  if (!(error instanceof ProblemError)) return "failed";
  if (error.status === 401 || error.status === 422 || error.status === 403) return "wrong";
  return error.status === 429 ? "tooMany" : "failed";
}

const LANGUAGES: readonly { locale: Locale; name: string }[] = [
  { locale: "pt-BR", name: "Português" },
  { locale: "en", name: "English" },
];

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const { t, i18n } = useTranslation("app");
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const [ended] = useState(() => {
    const state = sessionState.get();
    return state.status === "signed-out" && state.ended;
  });
  const form = useForm({
    initialValues: { email: "", password: "" },
    validateInputOnBlur: false,
    validate: {
      email: (value) =>
        value.trim() === ""
          ? t("signIn.missingEmail")
          : /^\S+@\S+$/.test(value.trim())
            ? null
            : t("signIn.badEmail"),
      password: (value) => (value === "" ? t("signIn.missingPassword") : null),
    },
  });

  useEffect(() => {
    document.title = "Prosa";
  }, []);

  const submit = form.onSubmit(
    async ({ email, password }) => {
      setBusy(true);
      setFailure(null);
      try {
        await signIn(email.trim(), password);
        onSignedIn();
      } catch (error) {
        setFailure(failureOf(error));
        setBusy(false);
      }
    },
    (errors) => document.getElementById(`sign-in-${Object.keys(errors)[0] ?? "email"}`)?.focus(),
  );

  const language = (locale: Locale) => {
    changePreferences({ locale });
    void switchLanguage(locale);
    form.clearErrors();
  };

  return (
    <div className={styles.page}>
      <main className={styles.form}>
        <header className={styles.top}>
          <Wordmark size={30} />
          <div className={styles.languages} role="group" aria-label={t("signIn.language")}>
            {LANGUAGES.map(({ locale, name }) => (
              <button
                key={locale}
                type="button"
                lang={locale}
                aria-pressed={i18n.language === locale}
                onClick={() => language(locale)}
              >
                {name}
              </button>
            ))}
          </div>
        </header>

        <form className={styles.fields} onSubmit={submit} noValidate>
          <h1>{t("signIn.title")}</h1>
          <p className={styles.subtitle}>{t("signIn.subtitle")}</p>

          {(failure ?? (ended ? "ended" : null)) !== null && (
            <p className={styles.failure} role="alert" data-tone={failure ? "danger" : "calm"}>
              <AlertCircle size={17} aria-hidden="true" />
              {t(failure ? `signIn.${failure}` : "signIn.ended")}
            </p>
          )}

          <label htmlFor="sign-in-email">{t("signIn.email")}</label>
          <input
            id="sign-in-email"
            data-testid="sign-in-email"
            type="email"
            autoComplete="username"
            autoFocus
            inputMode="email"
            placeholder={t("signIn.emailPlaceholder")}
            aria-invalid={form.errors.email !== undefined}
            aria-describedby={form.errors.email ? "sign-in-email-error" : undefined}
            {...form.getInputProps("email")}
          />
          {form.errors.email && (
            <p id="sign-in-email-error" className={styles.error}>
              {form.errors.email}
            </p>
          )}

          <label htmlFor="sign-in-password">{t("signIn.password")}</label>
          <div className={styles.password}>
            <input
              id="sign-in-password"
              data-testid="sign-in-password"
              type={shown ? "text" : "password"}
              autoComplete="current-password"
              aria-invalid={form.errors.password !== undefined}
              aria-describedby={form.errors.password ? "sign-in-password-error" : undefined}
              {...form.getInputProps("password")}
            />
            <button
              type="button"
              aria-label={t(shown ? "signIn.hide" : "signIn.show")}
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
            >
              {shown ? <EyeOff size={18} aria-hidden="true" /> : <Eye size={18} aria-hidden="true" />}
            </button>
          </div>
          {form.errors.password && (
            <p id="sign-in-password-error" className={styles.error}>
              {form.errors.password}
            </p>
          )}

          <Button
            type="submit"
            variant="primary"
            className={styles.submit ?? ""}
            busy={busy}
            icon={ArrowRight}
            data-testid="sign-in-submit"
          >
            {t(busy ? "signIn.submitting" : "signIn.submit")}
          </Button>
        </form>

        <footer className={styles.foot}>{t("brand.tagline")}</footer>
      </main>
      <SignInScene />
    </div>
  );
}
