import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { SelectField, TextField } from "@/components/field";
import { createAccount, installationKeys } from "@/features/settings/installation/api";
import styles from "@/features/settings/installation/installation.module.css";
import { usePlanOptions } from "@/features/settings/installation/use-plan-options";
import { zoneGroups, zoneLabel } from "@/lib/time/zones";
import { showToast } from "@/lib/toasts";

/** As the server. */
const NAME_MAX = 80;
const PERSON_MAX = 120;
const EMAIL_MAX = 320;
const EMAIL = /^[^@\s]+@[^@\s]+$/;

interface CreateDialogProps {
  onCreated: (id: string) => void;
  onClose: () => void;
}

export function CreateDialog({ onCreated, onClose }: CreateDialogProps) {
  const { t } = useTranslation("installation");
  const cache = useQueryClient();
  const plans = usePlanOptions("");
  const [name, setName] = useState("");
  const [adminName, setAdminName] = useState("");
  const [email, setEmail] = useState("");
  const [plan, setPlan] = useState("");
  const [locale, setLocale] = useState<"pt-BR" | "en">("pt-BR");
  const [zone, setZone] = useState("America/Sao_Paulo");
  const [zones] = useState(() => {
    const { brazil, world } = zoneGroups("America/Sao_Paulo");
    return [...brazil, ...world].map((value) => ({ value, label: zoneLabel(value) }));
  });
  return (
    <FormDialog
      title={t("create.title")}
      lead={t("create.lead")}
      size={520}
      submit={t("create.submit")}
      disabled={name.trim() === "" || !EMAIL.test(email.trim())}
      onClose={onClose}
      onSubmit={async () => {
        const account = await createAccount({
          name: name.trim(),
          admin_name: adminName.trim(),
          admin_email: email.trim(),
          plan: plan === "" ? null : plan,
          locale,
          time_zone: zone,
        });
        await cache.invalidateQueries({ queryKey: installationKeys.accounts });
        showToast(t("create.done"));
        onCreated(account.id);
      }}
    >
      <TextField
        label={t("create.name")}
        value={name}
        maxLength={NAME_MAX}
        data-autofocus
        onChange={(event) => setName(event.target.value)}
      />
      <div className={styles.pair}>
        <TextField
          label={t("create.adminName")}
          optional
          value={adminName}
          maxLength={PERSON_MAX}
          autoComplete="off"
          onChange={(event) => setAdminName(event.target.value)}
        />
        <TextField
          type="email"
          label={t("create.adminEmail")}
          value={email}
          maxLength={EMAIL_MAX}
          autoComplete="off"
          onChange={(event) => setEmail(event.target.value)}
        />
      </div>
      <SelectField
        label={t("create.plan")}
        value={plan}
        options={[{ value: "", label: t("create.planDefault") }, ...plans]}
        onChange={(event) => setPlan(event.target.value)}
      />
      <div className={styles.pair}>
        <SelectField
          label={t("create.locale")}
          value={locale}
          options={[
            { value: "pt-BR", label: "Português (Brasil)" },
            { value: "en", label: "English" },
          ]}
          onChange={(event) => setLocale(event.target.value === "en" ? "en" : "pt-BR")}
        />
        <SelectField
          label={t("create.zone")}
          value={zone}
          options={zones}
          onChange={(event) => setZone(event.target.value)}
        />
      </div>
    </FormDialog>
  );
}
