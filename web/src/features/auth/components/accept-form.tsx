import { ArrowRight, LogIn } from "lucide-react";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { Button } from "@/components/button";
import { TextField } from "@/components/field";
import { NewPasswordField } from "@/components/new-password-field";
import { Notice } from "@/components/notice";
import { acceptInvitation } from "@/features/auth/api";
import { Step } from "@/features/auth/entrance";
import styles from "@/features/auth/entrance.module.css";
import { brokenRules } from "@/lib/password";
import { signOut } from "@/lib/session";
import { useProblemText } from "@/lib/use-problem-text";
import { useTask } from "@/lib/use-task";
import type { SignInOutcome } from "@/lib/wire/identity";
import type { InvitationPreview, SessionView } from "@/lib/wire/openapi.gen";

interface AcceptFormProps {
  token: string;
  preview: InvitationPreview;
  /** Whoever is signed in on this browser. */
  session: SessionView | null;
  onOutcome: (outcome: SignInOutcome) => void;
  onSignIn: () => void;
}

export function AcceptForm({ token, preview, session, onOutcome, onSignIn }: AcceptFormProps) {
  const { t, i18n } = useTranslation("auth");
  const problemText = useProblemText();
  const task = useTask();
  const isSelf = session?.user.email.toLowerCase() === preview.email.toLowerCase();
  const accept = (newcomer: { name: string; password: string } | null) =>
    task.run(async () => {
      const locale = i18n.language === "en" ? "en" : "pt-BR";
      onOutcome(await acceptInvitation(token, newcomer && { ...newcomer, locale }));
    });
  const role = preview.role === "custom" ? preview.role_name : t(`roles.${preview.role}`);

  return (
    <Step
      title={t("invitation.title", { account: preview.account_name })}
      lead={t("invitation.lead", { name: preview.invited_by_name, role })}
      mark={<Avatar id={preview.account_name} name={preview.account_name} size={52} />}
    >
      {task.error !== null && <Notice tone="danger">{problemText(task.error)}</Notice>}
      {!preview.is_registered ? (
        <NewcomerForm preview={preview} busy={task.busy} onAccept={(newcomer) => void accept(newcomer)} />
      ) : isSelf ? (
        <Button
          variant="primary"
          className={styles.submit ?? ""}
          icon={ArrowRight}
          busy={task.busy}
          onClick={() => void accept(null)}
        >
          {t("invitation.acceptAs", { name: session.user.name })}
        </Button>
      ) : (
        <>
          <Notice>
            {session === null
              ? t("invitation.signInFirst", { email: preview.email })
              : t("invitation.otherPerson", { email: preview.email, current: session.user.email })}
          </Notice>
          <Button
            variant="primary"
            className={styles.submit ?? ""}
            icon={LogIn}
            onClick={() => void (session === null ? Promise.resolve() : signOut()).then(onSignIn)}
          >
            {t("invitation.toSignIn")}
          </Button>
        </>
      )}
    </Step>
  );
}

interface NewcomerFormProps {
  preview: InvitationPreview;
  busy: boolean;
  onAccept: (newcomer: { name: string; password: string }) => void;
}

function NewcomerForm({ preview, busy, onAccept }: NewcomerFormProps) {
  const { t } = useTranslation("auth");
  const [name, setName] = useState(preview.name);
  const [password, setPassword] = useState("");
  const personal = [name, preview.email];
  const isReady = name.trim() !== "" && brokenRules(password, personal).length === 0;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isReady) onAccept({ name: name.trim(), password });
  };
  return (
    <form className={styles.step} noValidate onSubmit={submit}>
      <TextField label={t("signIn.email")} value={preview.email} readOnly autoComplete="username" />
      <TextField
        label={t("invitation.name")}
        value={name}
        autoFocus={preview.name === ""}
        autoComplete="name"
        maxLength={120}
        onChange={(event) => setName(event.target.value)}
      />
      <NewPasswordField
        label={t("invitation.password")}
        value={password}
        personal={personal}
        data-testid="new-password"
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button
        type="submit"
        variant="primary"
        className={styles.submit ?? ""}
        icon={ArrowRight}
        busy={busy}
        disabled={!isReady}
      >
        {t("invitation.submit")}
      </Button>
    </form>
  );
}
