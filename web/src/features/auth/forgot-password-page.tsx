import { MailCheck, Send } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { askForReset } from "@/features/auth/api";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";
import { isAddress } from "@/features/auth/model/address";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";

/** Asks for a link. The answer is the same whether or not the address is known. */
export function ForgotPasswordPage({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation("auth");
  const problemText = useProblemText();
  const task = useTask();
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState(false);
  const [sent, setSent] = useState(false);
  const error =
    email.trim() === "" ? t("signIn.missingEmail") : isAddress(email) ? null : t("signIn.badEmail");

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setAsked(true);
    if (error === null && (await task.run(() => askForReset(email.trim())))) setSent(true);
  };

  if (sent) {
    return (
      <Step
        takesFocus
        title={t("forgot.sentTitle")}
        lead={t("forgot.sentLead", { email: email.trim() })}
        mark={
          <span className={styles.mark}>
            <MailCheck size={24} strokeWidth={1.7} aria-hidden="true" />
          </span>
        }
      >
        <Button className={styles.second ?? ""} onClick={onBack}>
          {t("forgot.back")}
        </Button>
      </Step>
    );
  }
  return (
    <Step title={t("forgot.title")} lead={t("forgot.lead")}>
      <form className={styles.step} noValidate onSubmit={(event) => void submit(event)}>
        {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
        <TextField
          label={t("signIn.email")}
          type="email"
          autoComplete="username"
          inputMode="email"
          autoFocus
          value={email}
          error={asked ? error : null}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Button type="submit" variant="primary" className={styles.submit ?? ""} icon={Send} busy={task.busy}>
          {t("forgot.submit")}
        </Button>
      </form>
      <button type="button" className={styles.link} onClick={onBack}>
        {t("forgot.back")}
      </button>
    </Step>
  );
}
