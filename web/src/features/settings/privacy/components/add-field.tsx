import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { FormDialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import styles from "@/features/settings/privacy/privacy.module.css";

interface AddFieldProps {
  taken: readonly string[];
  onAdd: (name: string, days: number) => void;
}

/** As RetentionPolicy of the server. */
const NAME_MAX_LENGTH = 80;
const FIELDS_MAX = 50;
/** To begin with; the row has the choice. */
const FIRST_DAYS = 365;

/** A rule for a field of the company's own. */
export function AddField({ taken, onAdd }: AddFieldProps) {
  const { t } = useTranslation("privacy");
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState("");
  const name = text.trim();
  const isTaken = taken.includes(name);
  return (
    <div className={styles.adding}>
      <Button
        variant="quiet"
        icon={Plus}
        disabled={taken.length >= FIELDS_MAX}
        onClick={() => {
          setText("");
          setOpened(true);
        }}
      >
        {t("retention.fields.add")}
      </Button>
      {opened && (
        <FormDialog
          title={t("retention.fields.add")}
          submit={t("retention.fields.add")}
          disabled={name === "" || isTaken}
          onClose={() => setOpened(false)}
          onSubmit={() => {
            onAdd(name, FIRST_DAYS);
            return Promise.resolve();
          }}
        >
          <TextField
            label={t("retention.fields.name")}
            hint={t("retention.fields.nameHint")}
            error={isTaken && t("retention.fields.known")}
            value={text}
            maxLength={NAME_MAX_LENGTH}
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
            onChange={(event) => setText(event.target.value)}
          />
        </FormDialog>
      )}
    </div>
  );
}
