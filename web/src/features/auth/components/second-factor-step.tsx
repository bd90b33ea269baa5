import { ArrowRight, Fingerprint, KeyRound, LifeBuoy, ShieldCheck, Smartphone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { CodeInput } from "@/components/code-input";
import { TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { proveCode, proveWithPasskey } from "@/features/auth/api";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";
import { ProblemError } from "@/lib/http/problem";
import { usePasskeyText } from "@/lib/use-passkey-text";
import { useTask } from "@/lib/use-task";
import { hasPasskeys } from "@/lib/webauthn";
import type { SecondFactorMethod } from "@/lib/wire/identity";

interface SecondFactorStepProps {
  challenge: string;
  methods: readonly SecondFactorMethod[];
  onSignedIn: () => void;
  /** `isOver`: the challenge has run out. */
  onStartAgain: (isOver: boolean) => void;
}

const ICONS = { totp: Smartphone, passkey: Fingerprint, recovery_code: LifeBuoy } as const;

/** The password was right; now something that only its owner has. */
export function SecondFactorStep({ challenge, methods, onSignedIn, onStartAgain }: SecondFactorStepProps) {
  const { t } = useTranslation("auth");
  const task = useTask();
  const text = usePasskeyText();
  const usable = methods.filter((method) => method !== "passkey" || hasPasskeys());
  const [method, setMethod] = useState<SecondFactorMethod>(usable[0] ?? "recovery_code");
  const [code, setCode] = useState("");

  const prove = (work: () => Promise<void>) =>
    task.run(async () => {
      try {
        await work();
        onSignedIn();
      } catch (error) {
        if (error instanceof ProblemError && error.code === "challenge_over") onStartAgain(true);
        else throw error;
      } finally {
        setCode("");
      }
    });
  const proveTyped = (typed: string) => {
    if (method !== "passkey") void prove(() => proveCode(challenge, method, typed.trim()));
  };
  const choose = (next: SecondFactorMethod) => {
    task.clear();
    setCode("");
    setMethod(next);
  };

  return (
    <Step
      key={method}
      takesFocus
      title={t("secondFactor.title")}
      lead={t(`secondFactor.lead.${method}`)}
      mark={
        <span className={styles.mark}>
          <ShieldCheck size={24} strokeWidth={1.7} aria-hidden="true" />
        </span>
      }
    >
      {task.error !== null && <Notice tone="danger">{text(task.error)}</Notice>}
      <form
        className={styles.step}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() !== "") proveTyped(code);
        }}
      >
        {method === "totp" && (
          <CodeInput
            label={t("secondFactor.code")}
            value={code}
            invalid={task.error !== null}
            busy={task.busy}
            onChange={setCode}
            onComplete={proveTyped}
          />
        )}
        {method === "recovery_code" && (
          <TextField
            label={t("secondFactor.recoveryCode")}
            value={code}
            autoFocus
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-testid="recovery-code"
            onChange={(event) => setCode(event.target.value)}
          />
        )}
        {method === "passkey" ? (
          <Button
            variant="primary"
            className={styles.submit ?? ""}
            icon={Fingerprint}
            busy={task.busy}
            onClick={() => void prove(() => proveWithPasskey(challenge))}
          >
            {t("secondFactor.usePasskey")}
          </Button>
        ) : (
          <Button
            type="submit"
            variant="primary"
            className={styles.submit ?? ""}
            icon={ArrowRight}
            busy={task.busy}
            disabled={code.trim() === ""}
            data-testid="second-factor-submit"
          >
            {t("secondFactor.submit")}
          </Button>
        )}
      </form>
      <div className={styles.others}>
        {usable
          .filter((other) => other !== method)
          .map((other) => {
            const Icon = ICONS[other];
            return (
              <Button key={other} variant="quiet" icon={Icon} onClick={() => choose(other)}>
                {t(`secondFactor.other.${other}`)}
              </Button>
            );
          })}
        <Button variant="quiet" icon={KeyRound} onClick={() => onStartAgain(false)}>
          {t("secondFactor.startAgain")}
        </Button>
      </div>
    </Step>
  );
}
