import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { addPasskey } from "@/features/settings/api";

interface AddPasskeyDialogProps {
  onClose: () => void;
  /** With recovery codes when it is the first second factor. */
  onDone: (recoveryCodes: readonly string[]) => void;
}

const NAME_MAX = 80;

export function AddPasskeyDialog({ onClose, onDone }: AddPasskeyDialogProps) {
  const { t } = useTranslation("settings");
  const isPhone = window.matchMedia("(pointer: coarse)").matches;
  const [name, setName] = useState(t(`security.deviceName.${isPhone ? "phone" : "computer"}`));
  return (
    <FormDialog
      title={t("security.passkeyDialog")}
      lead={t("security.passkeyBody")}
      submit={t("security.passkeyContinue")}
      disabled={name.trim() === ""}
      onClose={onClose}
      onSubmit={async () => onDone((await addPasskey(name.trim())).recovery_codes)}
    >
      <TextField
        label={t("security.passkeyName")}
        hint={t("security.passkeyNameHint")}
        value={name}
        maxLength={NAME_MAX}
        data-autofocus
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}
