import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { SelectField, TextField } from "@/components/field";
import { revealPhone } from "@/features/conversation/privacy/api";
import type { ContactPrivacyWords } from "@/features/conversation/privacy/locale/pt-BR";

interface RevealDialogProps {
  contactId: string;
  onRevealed: (phone: string) => void;
  onClose: () => void;
}

type Reason = keyof ContactPrivacyWords["reveal"]["reasons"];
const REASONS: readonly Reason[] = ["call", "register", "delivery", "other"];
/** As RevealBody of the server. */
const REASON_MAX_LENGTH = 200;

export default function RevealDialog({ contactId, onRevealed, onClose }: RevealDialogProps) {
  const { t } = useTranslation("contactPrivacy");
  const [chosen, setChosen] = useState<Reason>("call");
  const [other, setOther] = useState("");
  const reason = chosen === "other" ? other.trim() : t(`reveal.reasons.${chosen}`);
  return (
    <FormDialog
      title={t("reveal.title")}
      lead={t("reveal.lead")}
      submit={t("reveal.submit")}
      disabled={reason === ""}
      onClose={onClose}
      onSubmit={async () => onRevealed((await revealPhone(contactId, reason)).phone)}
    >
      <SelectField
        label={t("reveal.reason")}
        data-autofocus
        value={chosen}
        options={REASONS.map((value) => ({ value, label: t(`reveal.reasons.${value}`) }))}
        onChange={(event) => setChosen(REASONS.find((value) => value === event.target.value) ?? "other")}
      />
      {chosen === "other" && (
        <TextField
          label={t("reveal.other")}
          hint={t("reveal.otherHint")}
          value={other}
          maxLength={REASON_MAX_LENGTH}
          onChange={(event) => setOther(event.target.value)}
        />
      )}
    </FormDialog>
  );
}
