import { ClipboardList } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { FormAnswer } from "../content";
import classes from "./form-answers.module.css";

/** What the customer filled in in a WhatsApp Flow. */
export function FormAnswers({ answers }: { answers: FormAnswer[] }) {
  const { t } = useTranslation("messages");
  return (
    <div className={classes.form}>
      <div className={classes.head}>
        <ClipboardList size={18} aria-hidden />
        <strong>{t("form.title")}</strong>
      </div>
      {answers.length === 0 ? (
        <p>{t("form.empty")}</p>
      ) : (
        <dl>
          {answers.map((answer, index) => (
            <div key={index}>
              <dt>{answer.label === "" ? t("form.answer") : answer.label}</dt>
              <dd dir="auto">{answer.value === "" ? "–" : answer.value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
