import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { PasswordField, SelectField, TextField } from "@/components/field";
import { connectNumber, useRefreshNumbers } from "@/features/settings/numbers/api";
import styles from "@/features/settings/numbers/numbers.module.css";
import type { ConnectedNumberView, DepartmentView } from "@/lib/wire/openapi.gen";

/** As POST /v1/numbers. */
const NAME_MAX = 80;
const META_ID = /^[0-9]{5,32}$/;
const PHONE_MIN = 5;
const PHONE_MAX = 32;
const SECRET_MIN = 8;
const PACE_MAX = 1000;
/** What Meta gives a number unless it was raised (Cloud API throughput, read 2026-11). */
const PACE = 80;

interface ConnectDialogProps {
  departments: readonly DepartmentView[];
  onConnected: (connected: ConnectedNumberView) => void;
  onClose: () => void;
}

/** What Meta shows of a number, in the order in which its pages show it. */
export function ConnectDialog({ departments, onConnected, onClose }: ConnectDialogProps) {
  const { t } = useTranslation("numbers");
  const refresh = useRefreshNumbers();
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [numberId, setNumberId] = useState("");
  const [wabaId, setWabaId] = useState("");
  const [appSecret, setAppSecret] = useState("");
  const [accessToken, setAccessToken] = useState("");
  const [departmentId, setDepartmentId] = useState(departments[0]?.id ?? "");
  const [pace, setPace] = useState(String(PACE));
  const chosenId = departmentId === "" ? (departments[0]?.id ?? "") : departmentId;
  const perSecond = Number(pace);

  const isWrongId = (value: string) => value !== "" && !META_ID.test(value.trim());
  const isWhole =
    name.trim() !== "" &&
    phone.trim().length >= PHONE_MIN &&
    [numberId, wabaId].every((value) => META_ID.test(value.trim())) &&
    [appSecret, accessToken].every((value) => value.trim().length >= SECRET_MIN) &&
    chosenId !== "" &&
    Number.isInteger(perSecond) &&
    perSecond >= 1 &&
    perSecond <= PACE_MAX;

  const send = async () => {
    const connected = await connectNumber({
      name: name.trim(),
      display_phone_number: phone.trim(),
      phone_number_id: numberId.trim(),
      waba_id: wabaId.trim(),
      app_secret: appSecret.trim(),
      access_token: accessToken.trim(),
      default_department_id: chosenId,
      messages_per_second: perSecond,
    });
    await refresh();
    onConnected(connected);
  };

  const idError = (value: string) => isWrongId(value) && t("form.idWrong");
  return (
    <FormDialog
      title={t("form.title")}
      lead={t("form.lead")}
      size={720}
      submit={t("form.submit")}
      disabled={!isWhole}
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
        <TextField
          label={t("form.phone")}
          hint={t("form.phoneHint")}
          type="tel"
          value={phone}
          maxLength={PHONE_MAX}
          autoComplete="off"
          onChange={(event) => setPhone(event.target.value)}
        />
        <TextField
          label={t("form.numberId")}
          hint={t("form.numberIdHint")}
          error={idError(numberId)}
          value={numberId}
          inputMode="numeric"
          autoComplete="off"
          onChange={(event) => setNumberId(event.target.value)}
        />
        <TextField
          label={t("form.wabaId")}
          hint={t("form.wabaIdHint")}
          error={idError(wabaId)}
          value={wabaId}
          inputMode="numeric"
          autoComplete="off"
          onChange={(event) => setWabaId(event.target.value)}
        />
        <PasswordField
          label={t("form.appSecret")}
          hint={t("form.appSecretHint")}
          value={appSecret}
          autoComplete="off"
          onChange={(event) => setAppSecret(event.target.value)}
        />
        <PasswordField
          label={t("form.accessToken")}
          hint={t("form.accessTokenHint")}
          value={accessToken}
          autoComplete="off"
          onChange={(event) => setAccessToken(event.target.value)}
        />
        <SelectField
          label={t("form.department")}
          hint={t("form.departmentHint")}
          value={chosenId}
          options={departments.map(({ id, name: label }) => ({ value: id, label }))}
          onChange={(event) => setDepartmentId(event.target.value)}
        />
        <TextField
          label={t("form.pace")}
          hint={t("form.paceHint")}
          type="number"
          min={1}
          max={PACE_MAX}
          value={pace}
          onChange={(event) => setPace(event.target.value)}
        />
      </div>
    </FormDialog>
  );
}
