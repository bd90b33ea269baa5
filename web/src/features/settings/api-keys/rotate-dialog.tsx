import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { SelectField } from "@/components/field";
import { rotateApiKey, useRefreshApiKeys } from "@/features/settings/api-keys/api";
import type { ApiKeyView, IssuedApiKey } from "@/lib/wire/openapi.gen";

/** Hours; the longest is what the server takes. */
const OVERLAPS = [0, 1, 24, 72, 168] as const;
/** A day covers the usual release. */
const USUAL_OVERLAP = 24;
/** From here on days are easier to read than hours. */
const DAY = 24;

interface RotateDialogProps {
  apiKey: ApiKeyView;
  onIssued: (issued: IssuedApiKey) => void;
  onClose: () => void;
}

export function RotateDialog({ apiKey, onIssued, onClose }: RotateDialogProps) {
  const { t } = useTranslation("apiKeys");
  const refresh = useRefreshApiKeys();
  const [overlap, setOverlap] = useState<number>(USUAL_OVERLAP);
  const labelOf = (hours: number) => {
    if (hours === 0) return t("rotate.none");
    return hours > DAY ? t("form.days", { count: hours / DAY }) : t("rotate.hours", { count: hours });
  };
  return (
    <FormDialog
      title={t("rotate.title", { name: apiKey.name })}
      lead={t("rotate.lead")}
      submit={t("rotate.submit")}
      tone={overlap === 0 ? "danger" : "primary"}
      onClose={onClose}
      onSubmit={async () => {
        const issued = await rotateApiKey(apiKey.id, overlap);
        await refresh();
        onIssued(issued);
      }}
    >
      <SelectField
        label={t("rotate.overlap")}
        hint={overlap === 0 ? t("rotate.noneHint") : undefined}
        value={String(overlap)}
        options={OVERLAPS.map((hours) => ({ value: String(hours), label: labelOf(hours) }))}
        data-autofocus
        onChange={(event) => setOverlap(Number(event.target.value))}
      />
    </FormDialog>
  );
}
