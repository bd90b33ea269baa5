import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { Segmented } from "@/components/segmented";
import { IntervalFields } from "@/features/settings/company/hours/day-row";
import { troublesOf } from "@/features/settings/company/hours/hours-model";
import type { Holiday, Interval } from "@/lib/wire/openapi.gen";

/** As the server. */
const NAME_MAX = 80;
/** What half a day of Christmas Eve looks like. */
const MORNING: Interval = { opens: "09:00", closes: "12:00" };

interface HolidayDialogProps {
  taken: readonly string[];
  today: string;
  onAdd: (holiday: Holiday) => void;
  onClose: () => void;
}

export function HolidayDialog({ taken, today, onAdd, onClose }: HolidayDialogProps) {
  const { t } = useTranslation("company");
  const [name, setName] = useState("");
  const [day, setDay] = useState("");
  const [kind, setKind] = useState<"holidayClosed" | "holidayHours">("holidayClosed");
  const [interval, setInterval] = useState(MORNING);
  const isTaken = taken.includes(day);
  const isWrong = kind === "holidayHours" && troublesOf([interval]).size > 0;
  return (
    <FormDialog
      title={t("hours.holidayAddTitle")}
      submit={t("hours.holidayAdd")}
      disabled={name.trim() === "" || day === "" || isTaken || isWrong}
      onClose={onClose}
      onSubmit={() => {
        onAdd({ day, name: name.trim(), intervals: kind === "holidayClosed" ? [] : [interval] });
        return Promise.resolve();
      }}
    >
      <TextField
        label={t("hours.holidayName")}
        value={name}
        maxLength={NAME_MAX}
        data-autofocus
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        type="date"
        label={t("hours.holidayDay")}
        value={day}
        min={today}
        error={isTaken ? t("hours.holidayTaken") : null}
        onChange={(event) => setDay(event.target.value)}
      />
      <Segmented
        label={t("hours.holidayKind")}
        value={kind}
        onChange={setKind}
        options={(["holidayClosed", "holidayHours"] as const).map((value) => ({
          value,
          label: t(`hours.${value}`),
        }))}
      />
      {kind === "holidayHours" && (
        <IntervalFields
          name={name}
          interval={interval}
          isWrong={isWrong}
          onChange={(change) => setInterval((before) => ({ ...before, ...change }))}
        />
      )}
    </FormDialog>
  );
}
