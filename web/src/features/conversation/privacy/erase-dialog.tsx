import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { eraseContact } from "@/features/conversation/privacy/api";
import { showToast } from "@/lib/toasts";
import type { ContactView } from "@/lib/wire/openapi.gen";

/** As EraseBody of the server. */
const REASON = { least: 3, most: 300 } as const;

/** As the server compares: case and spacing are no slip. */
function plain(name: string): string {
  return name.trim().replace(/\s+/g, " ").toLocaleLowerCase();
}

/** Cannot be undone: asks for a reason and for the name, typed. */
export function EraseDialog({ contact, onClose }: { contact: ContactView; onClose: () => void }) {
  const { t } = useTranslation("contactPrivacy");
  const [reason, setReason] = useState("");
  const [name, setName] = useState("");
  const isReady = reason.trim().length >= REASON.least && plain(name) === plain(contact.name);
  return (
    <FormDialog
      title={t("erase.title", { name: contact.name })}
      lead={t("erase.body")}
      submit={t("erase.submit")}
      tone="danger"
      disabled={!isReady}
      onClose={onClose}
      onSubmit={async () => {
        await eraseContact(contact.id, { reason: reason.trim(), confirm_name: name.trim() });
        showToast(t("erase.started"));
      }}
    >
      <TextField
        label={t("erase.reason")}
        hint={t("erase.reasonHint")}
        value={reason}
        maxLength={REASON.most}
        data-autofocus
        onChange={(event) => setReason(event.target.value)}
      />
      <TextField
        label={t("erase.typed", { name: contact.name })}
        value={name}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}
