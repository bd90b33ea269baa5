import { ArrowRight, Fingerprint } from "lucide-react";
import { useRef, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { PasswordField, TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { signIn, signInWithPasskey } from "@/features/auth/api";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";
import { useSignInTrouble } from "@/features/auth/hooks/use-sign-in-trouble";
import { isAddress } from "@/features/auth/model/address";
import { ProblemError } from "@/lib/http/problem";
import { sessionState } from "@/lib/session";
import { useTask } from "@/lib/use-task";
import { hasPasskeys } from "@/lib/webauthn";
import type { SignInOutcome } from "@/lib/wire/identity";

interface CredentialsStepProps {
  /** A later step ran out. */
  isOver: boolean;
  onOutcome: (outcome: SignInOutcome) => void;
  onSignedIn: () => void;
  onForgot: () => void;
}

/** What ended the session that was here, if one was: shown until the first try. */
function useEnding(): { key: "ended" | null; error: ProblemError | null } {
  const [ending] = useState(() => {
    const state = sessionState.get();
    if (state.status !== "signed-out") return { key: null, error: null };
    const isTelling = state.problem !== null && state.problem.code === "account_suspended";
    if (isTelling && state.problem) return { key: null, error: new ProblemError(state.problem) };
    return { key: state.ended ? ("ended" as const) : null, error: null };
  });
  return ending;
}

export function CredentialsStep({ isOver, onOutcome, onSignedIn, onForgot }: CredentialsStepProps) {
  const { t } = useTranslation("auth");
  const task = useTask();
  const trouble = useSignInTrouble();
  const ending = useEnding();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [asked, setAsked] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const emailError =
    email.trim() === "" ? t("signIn.missingEmail") : isAddress(email) ? null : t("signIn.badEmail");
  const passwordError = password === "" ? t("signIn.missingPassword") : null;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setAsked(true);
    const wrong = emailError !== null ? "email" : passwordError !== null ? "password" : null;
    if (wrong !== null) {
      form.current?.querySelector<HTMLInputElement>(`#sign-in-${wrong}`)?.focus();
      return;
    }
    await task.run(async () => onOutcome(await signIn(email.trim(), password)));
  };

  const shown = task.error ?? ending.error;
  return (
    <Step title={t("signIn.title")} lead={t("signIn.subtitle")}>
      <form ref={form} className={styles.step} onSubmit={(event) => void submit(event)} noValidate>
        {shown !== null ? (
          <Notice tone="danger">{trouble(shown)}</Notice>
        ) : isOver ? (
          <Notice tone="warning">{t("signIn.stepOver")}</Notice>
        ) : (
          ending.key !== null && !task.busy && <Notice tone="warning">{t("signIn.ended")}</Notice>
        )}
        <TextField
          id="sign-in-email"
          data-testid="sign-in-email"
          label={t("signIn.email")}
          type="email"
          autoComplete="username"
          autoFocus
          inputMode="email"
          placeholder={t("signIn.emailPlaceholder")}
          value={email}
          error={asked ? emailError : null}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          id="sign-in-password"
          data-testid="sign-in-password"
          label={t("signIn.password")}
          value={password}
          error={asked ? passwordError : null}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button type="button" className={`${styles.link ?? ""} ${styles.forgot ?? ""}`} onClick={onForgot}>
          {t("signIn.forgot")}
        </button>
        <Button
          type="submit"
          variant="primary"
          className={styles.submit ?? ""}
          busy={task.busy}
          icon={ArrowRight}
          data-testid="sign-in-submit"
        >
          {t(task.busy ? "signIn.submitting" : "signIn.submit")}
        </Button>
      </form>
      {hasPasskeys() && (
        <>
          <span className={styles.or}>{t("signIn.or")}</span>
          <Button
            className={styles.second ?? ""}
            icon={Fingerprint}
            disabled={task.busy}
            data-testid="sign-in-passkey"
            onClick={() => void task.run(async () => signInWithPasskey().then(onSignedIn))}
          >
            {t("signIn.passkey")}
          </Button>
        </>
      )}
    </Step>
  );
}
