import { CircleCheck, Save } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { NewPasswordField } from "@/components/new-password-field";
import { Notice } from "@/components/notice";
import { resetPassword } from "@/features/auth/api";
import { LinkOver } from "@/features/auth/components/link-over";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";
import { ProblemError } from "@/lib/http/problem";
import { brokenRules } from "@/lib/password";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";

interface ResetPasswordPageProps {
  token: string | null;
  onSignIn: () => void;
  onAskAgain: () => void;
}

/** Behind the link of the mail: a new password, and back to the sign-in. */
export function ResetPasswordPage({ token, onSignIn, onAskAgain }: ResetPasswordPageProps) {
  const { t } = useTranslation("auth");
  const problemText = useProblemText();
  const task = useTask();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const isOver = token === null || (task.error instanceof ProblemError && task.error.code === "link_over");

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (token !== null && (await task.run(() => resetPassword(token, password)))) setDone(true);
  };

  if (isOver) {
    return (
      <LinkOver
        lead={t("reset.overLead")}
        action={
          <Button variant="primary" className={styles.submit ?? ""} onClick={onAskAgain}>
            {t("reset.askAgain")}
          </Button>
        }
      />
    );
  }
  if (done) {
    return (
      <Step
        takesFocus
        title={t("reset.doneTitle")}
        lead={t("reset.doneLead")}
        mark={
          <span className={styles.mark}>
            <CircleCheck size={24} strokeWidth={1.7} aria-hidden="true" />
          </span>
        }
      >
        <Button variant="primary" className={styles.submit ?? ""} onClick={onSignIn}>
          {t("signIn.submit")}
        </Button>
      </Step>
    );
  }
  return (
    <Step title={t("reset.title")} lead={t("reset.lead")}>
      <form className={styles.step} noValidate onSubmit={(event) => void submit(event)}>
        {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
        <NewPasswordField
          value={password}
          personal={[]}
          autoFocus
          data-testid="new-password"
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button
          type="submit"
          variant="primary"
          className={styles.submit ?? ""}
          icon={Save}
          busy={task.busy}
          disabled={brokenRules(password).length > 0}
        >
          {t("reset.submit")}
        </Button>
      </form>
    </Step>
  );
}
