import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DepartmentPicker } from "@/components/department-picker";
import { FormDialog } from "@/components/dialog";
import { SelectField, TextField } from "@/components/field";
import { PermissionPicker } from "@/components/permission-picker";
import { changeApiKey, createApiKey, useRefreshApiKeys } from "@/features/settings/api-keys/api";
import styles from "@/features/settings/api-keys/api-keys.module.css";
import { EXPIRY_CHOICES, dateOf, expiryMoment, type Expiry } from "@/features/settings/api-keys/expiry";
import { useSession } from "@/lib/session";
import { fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import type {
  ApiKeyView,
  DepartmentView,
  IssuedApiKey,
  Permission,
  PermissionView,
} from "@/lib/wire/openapi.gen";

/** As POST /v1/api-keys. */
const NAME_MAX = 80;

interface KeyDialogProps {
  /** Null: a new one. */
  apiKey: ApiKeyView | null;
  permissions: readonly PermissionView[];
  departments: readonly DepartmentView[];
  onIssued: (issued: IssuedApiKey) => void;
  onClose: () => void;
}

/** What a key is for, what it may do, where, and until when. */
export function KeyDialog({ apiKey, permissions, departments, onIssued, onClose }: KeyDialogProps) {
  const { t, i18n } = useTranslation("apiKeys");
  const session = useSession();
  const refresh = useRefreshApiKeys();
  const [now] = useState(Date.now);
  const [name, setName] = useState(apiKey?.name ?? "");
  const [scopes, setScopes] = useState<Permission[]>(apiKey?.scopes ?? []);
  const [departmentIds, setDepartmentIds] = useState<string[]>(apiKey?.department_ids ?? []);
  const [expiry, setExpiry] = useState<Expiry>(apiKey ? "keep" : "90");
  const [date, setDate] = useState("");
  const given = name.trim();
  const expiresAt = expiry === "keep" ? null : expiryMoment(expiry, date, now);
  // Only the inbox is divided by departments.
  const isDivided = scopes.includes("inbox") && !scopes.includes("departments.all");
  const reachable = departments.filter(
    ({ id }) => session.permissions.includes("departments.all") || session.department_ids.includes(id),
  );

  const send = async () => {
    if (expiresAt === undefined) return;
    const body = { name: given, scopes, department_ids: departmentIds };
    if (apiKey === null) {
      const issued = await createApiKey({ ...body, expires_at: expiresAt });
      await refresh();
      onIssued(issued);
      return;
    }
    await changeApiKey(apiKey.id, {
      ...body,
      version: apiKey.version,
      ...(expiry !== "keep" && { expires_at: expiresAt }),
    });
    await refresh();
    showToast(t("form.saved", { name: given }));
  };

  const keepLabel = () =>
    apiKey?.expires_at
      ? t("form.keep", { when: fullTime(apiKey.expires_at, i18n.language) })
      : t("form.keepForever");
  const labelOf = (choice: Expiry) => {
    if (choice === "keep") return keepLabel();
    if (choice === "forever") return t("form.forever");
    if (choice === "date") return t("form.date");
    return choice === "365" ? t("form.year") : t("form.days", { count: Number(choice) });
  };
  const choices: Expiry[] = apiKey ? ["keep", ...EXPIRY_CHOICES] : [...EXPIRY_CHOICES];

  return (
    <FormDialog
      title={apiKey ? t("form.changeTitle", { name: apiKey.name }) : t("form.createTitle")}
      size={720}
      submit={t(apiKey ? "form.save" : "form.create")}
      disabled={given === "" || scopes.length === 0 || expiresAt === undefined}
      onClose={onClose}
      onSubmit={send}
    >
      <div className={styles.pair}>
        <TextField
          label={t("form.name")}
          hint={t("form.nameHint")}
          value={name}
          maxLength={NAME_MAX}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setName(event.target.value)}
        />
        <div className={styles.expiry}>
          <SelectField
            label={t("form.expiry")}
            hint={t("form.expiryHint")}
            value={expiry}
            options={choices.map((choice) => ({ value: choice, label: labelOf(choice) }))}
            onChange={(event) => setExpiry(event.target.value as Expiry)}
          />
          {expiry === "date" && (
            <TextField
              type="date"
              label={t("form.dateLabel")}
              value={date}
              min={dateOf(now)}
              error={date !== "" && expiresAt === undefined ? t("form.dateWrong") : null}
              onChange={(event) => setDate(event.target.value)}
            />
          )}
        </div>
      </div>
      <section className={styles.scopes}>
        <h3>{t("form.scopes")}</h3>
        <p>{t("form.scopesHint")}</p>
        <PermissionPicker
          permissions={permissions}
          chosen={scopes}
          own={session.permissions}
          onChange={setScopes}
        />
      </section>
      {isDivided && (
        <DepartmentPicker
          label={t("form.departments")}
          hint={t(departmentIds.length === 0 ? "form.departmentsNone" : "form.departmentsHint")}
          departments={reachable}
          chosen={departmentIds}
          onChange={setDepartmentIds}
        />
      )}
    </FormDialog>
  );
}
