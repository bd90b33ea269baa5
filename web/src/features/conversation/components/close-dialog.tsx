import { Modal } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import styles from "@/features/conversation/components/dialog.module.css";
import { useTicketActions } from "@/features/conversation/hooks/use-ticket-actions";
import type { TicketView } from "@/lib/wire/openapi.gen";

const REASONS = ["solved", "sold", "noAnswer", "duplicate", "spam"] as const;
/** As CloseTicket.reason of realtime/protocol.py. */
const REASON_MAX = 200;

export default function CloseDialog({ ticket, onClose }: { ticket: TicketView; onClose: () => void }) {
  const { t } = useTranslation("app");
  const actions = useTicketActions();
  const [reason, setReason] = useState(t("closeDialog.reasons.solved"));
  const [other, setOther] = useState(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (await actions.close(ticket.id, reason.trim() === "" ? null : reason.trim())) onClose();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("closeDialog.title")}
      size={440}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <p className={styles.lead}>{t("closeDialog.body")}</p>
        <fieldset className={styles.choices}>
          <legend>{t("closeDialog.reason")}</legend>
          {REASONS.map((key) => {
            const name = t(`closeDialog.reasons.${key}`);
            return (
              <label key={key}>
                <input
                  type="radio"
                  name="reason"
                  checked={!other && reason === name}
                  onChange={() => {
                    setOther(false);
                    setReason(name);
                  }}
                />
                {name}
              </label>
            );
          })}
          <label>
            <input
              type="radio"
              name="reason"
              checked={other}
              onChange={() => {
                setOther(true);
                setReason("");
              }}
            />
            {t("closeDialog.other")}
          </label>
        </fieldset>
        {other && (
          <input
            className={styles.input}
            autoFocus
            maxLength={REASON_MAX}
            value={reason}
            aria-label={t("closeDialog.other")}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
        <footer className={styles.foot}>
          <Button variant="quiet" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" variant="primary" busy={actions.busy === "close_ticket"} data-autofocus>
            {t("closeDialog.submit")}
          </Button>
        </footer>
      </form>
    </Modal>
  );
}
