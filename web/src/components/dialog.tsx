import { Modal } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/components/dialog.module.css";
import { PasswordField, TextField } from "@/components/field";
import { Notice } from "@/components/notice";
import { useProblemText } from "@/lib/use-problem-text";

interface DialogProps {
  title: ReactNode;
  /** Under the title: what this is about. */
  lead?: ReactNode;
  size?: number;
  /** Only its own buttons close it: it shows what cannot be had again. */
  isHeld?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A layer with one thing to do. Escape and a press outside close it; focus goes back to where it was. */
export function Dialog({ title, lead, size = 460, isHeld = false, onClose, children }: DialogProps) {
  const { t } = useTranslation("app");
  useFocusReturn();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      withCloseButton={!isHeld}
      closeOnEscape={!isHeld}
      closeOnClickOutside={!isHeld}
      classNames={{ title: styles.title ?? "", body: styles.body ?? "", close: styles.close ?? "" }}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {Boolean(lead) && <p className={styles.lead}>{lead}</p>}
      {children}
    </Modal>
  );
}

/**
 * Mantine gives the focus back when `opened` turns false; our dialogs are there or not. Whatever had the focus when the
 * dialog came has it again when the dialog is gone, unless something else took it.
 */
function useFocusReturn(): void {
  const [atRender] = useState(() => document.activeElement);
  useEffect(() => {
    // A menu that opened us has closed by now, and its button has the focus.
    const now = document.activeElement;
    const home = now === null || now === document.body ? atRender : now;
    return () => {
      setTimeout(() => {
        const isFree = document.activeElement === null || document.activeElement === document.body;
        if (isFree && home instanceof HTMLElement && home.isConnected) home.focus({ preventScroll: true });
      });
    };
  }, [atRender]);
}

interface FormDialogProps extends DialogProps {
  submit: string;
  tone?: "primary" | "danger";
  disabled?: boolean;
  /** Closes the dialog by returning; what it throws is told in place, and everything stays as typed. */
  onSubmit: () => Promise<void>;
}

/** A dialog that is filled in and sent. */
export function FormDialog({
  submit,
  tone = "primary",
  disabled,
  onSubmit,
  children,
  ...dialog
}: FormDialogProps) {
  const { t } = useTranslation("app");
  const problemText = useProblemText();
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setTrouble(null);
    try {
      await onSubmit();
      dialog.onClose();
    } catch (error) {
      setTrouble(problemText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog {...dialog}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // A dialog may stand inside of another form's tree: React would hand the event on to it.
          event.stopPropagation();
          void send();
        }}
      >
        {children}
        {trouble !== null && <Notice tone="danger">{trouble}</Notice>}
        <footer className={styles.foot}>
          <Button variant="quiet" onClick={dialog.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" variant={tone} busy={busy} disabled={disabled}>
            {submit}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** As the server wants it (server/api/account.Reason): "x" is no reason. */
const REASON_MIN = 3;

export interface Confirmed {
  /** Typed by the person, where asked for. */
  password: string;
  reason: string;
}

interface ConfirmDialogProps {
  title: string;
  body: ReactNode;
  confirm: string;
  tone?: "primary" | "danger";
  /** The person's own password, for what must not happen at an unlocked computer. */
  withPassword?: boolean;
  /** Why; goes on record. */
  withReason?: boolean;
  /** This word must be typed: for what cannot be undone. */
  typed?: string;
  onConfirm: (confirmed: Confirmed) => Promise<void>;
  onClose: () => void;
}

/** Asks before something that is hard to take back, in the words of what will happen. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    title,
    body,
    confirm,
    tone = "danger",
    withPassword,
    withReason,
    typed,
    onConfirm,
    onClose,
  } = props;
  const { t } = useTranslation("forms");
  const [password, setPassword] = useState("");
  const [reason, setReason] = useState("");
  const [word, setWord] = useState("");
  const isReady =
    (withPassword !== true || password !== "") &&
    (withReason !== true || reason.trim().length >= REASON_MIN) &&
    (typed === undefined || word.trim() === typed);
  return (
    <FormDialog
      title={title}
      lead={body}
      submit={confirm}
      tone={tone}
      disabled={!isReady}
      onClose={onClose}
      onSubmit={() => onConfirm({ password, reason: reason.trim() })}
    >
      {withReason === true && (
        <TextField
          label={t("confirm.reason")}
          hint={t("confirm.reasonHint")}
          value={reason}
          maxLength={500}
          data-autofocus
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      {typed !== undefined && (
        <TextField
          label={t("confirm.type", { word: typed })}
          value={word}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => setWord(event.target.value)}
        />
      )}
      {withPassword === true && (
        <PasswordField
          label={t("confirm.password")}
          value={password}
          {...(withReason !== true && { "data-autofocus": true })}
          onChange={(event) => setPassword(event.target.value)}
        />
      )}
    </FormDialog>
  );
}
