import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { SelectField, TextField, TextareaField } from "@/components/field";
import { Segmented } from "@/components/segmented";
import { consentsQuery, recordConsent } from "@/features/conversation/privacy/api";
import { showToast } from "@/lib/toasts";
import type { ConsentBody } from "@/lib/wire/openapi.gen";

type Basis = ConsentBody["legal_basis"];
type Source = ConsentBody["source"];

/** In the order of the LGPD, article 7. */
const BASES: readonly Basis[] = [
  "consent",
  "legal_obligation",
  "public_policy",
  "research",
  "contract",
  "legal_claims",
  "vital_interest",
  "health",
  "legitimate_interest",
  "credit",
];
/** What a person at a screen can say; import and API are said by programs. */
const SOURCES: readonly Source[] = ["whatsapp", "form", "phone", "email", "in_person", "other"];
const PURPOSES = ["marketing", "service", "other"] as const;
/** As ConsentBody of the server. */
const OWN_PURPOSE = /^[a-z][a-z0-9_]{1,39}$/;
const EVIDENCE_MAX_LENGTH = 2000;

/** Adds to the ledger. */
export function ConsentDialog({ contactId, onClose }: { contactId: string; onClose: () => void }) {
  const { t } = useTranslation("contactPrivacy");
  const cache = useQueryClient();
  const [purpose, setPurpose] = useState<(typeof PURPOSES)[number]>("marketing");
  const [own, setOwn] = useState("");
  const [decision, setDecision] = useState<"grants" | "denies">("grants");
  const [basis, setBasis] = useState<Basis>("consent");
  const [source, setSource] = useState<Source>("whatsapp");
  const [evidence, setEvidence] = useState("");
  const [at, setAt] = useState("");
  const named = purpose === "other" ? own.trim() : purpose;
  const record = async () => {
    await recordConsent(contactId, {
      purpose: named,
      granted: decision === "grants",
      legal_basis: basis,
      source,
      evidence: evidence.trim(),
      at: at === "" ? null : new Date(at).toISOString(),
    });
    await cache.invalidateQueries({ queryKey: consentsQuery(contactId).queryKey });
    showToast(t("consents.recorded"));
  };
  return (
    <FormDialog
      title={t("consents.add")}
      submit={t("consents.submit")}
      disabled={!OWN_PURPOSE.test(named)}
      onClose={onClose}
      onSubmit={record}
    >
      <SelectField
        label={t("consents.purpose")}
        data-autofocus
        value={purpose}
        options={PURPOSES.map((value) => ({ value, label: t(`consents.purposes.${value}`) }))}
        onChange={(event) => setPurpose(PURPOSES.find((value) => value === event.target.value) ?? "other")}
      />
      {purpose === "other" && (
        <TextField
          label={t("consents.ownPurpose")}
          hint={t("consents.ownPurposeHint")}
          value={own}
          maxLength={40}
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => setOwn(event.target.value)}
        />
      )}
      <Segmented
        label={t("consents.decision")}
        value={decision}
        options={[
          { value: "grants", label: t("consents.grants") },
          { value: "denies", label: t("consents.denies") },
        ]}
        onChange={setDecision}
      />
      <SelectField
        label={t("consents.basis")}
        hint={t("consents.basisHint")}
        value={basis}
        options={BASES.map((value) => ({ value, label: t(`consents.bases.${value}`) }))}
        onChange={(event) => setBasis(BASES.find((value) => value === event.target.value) ?? "consent")}
      />
      <SelectField
        label={t("consents.source")}
        value={source}
        options={SOURCES.map((value) => ({ value, label: t(`consents.sources.${value}`) }))}
        onChange={(event) => setSource(SOURCES.find((value) => value === event.target.value) ?? "other")}
      />
      <TextareaField
        optional
        label={t("consents.evidence")}
        hint={t("consents.evidenceHint")}
        value={evidence}
        maxLength={EVIDENCE_MAX_LENGTH}
        rows={2}
        onChange={(event) => setEvidence(event.target.value)}
      />
      <TextField
        optional
        type="datetime-local"
        label={t("consents.at")}
        hint={t("consents.atHint")}
        value={at}
        onChange={(event) => setAt(event.target.value)}
      />
    </FormDialog>
  );
}
