import { ListChecks, Pointer } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./tapped-answer.module.css";

interface TappedAnswerProps {
  from: "button" | "list";
  title: string;
  description: string | null;
  trailing: ReactNode;
}

/** The customer did not type this: they tapped a button or a row of a list that we had sent. */
export function TappedAnswer({ from, title, description, trailing }: TappedAnswerProps) {
  const { t } = useTranslation("messages");
  const Icon = from === "button" ? Pointer : ListChecks;
  return (
    <div className={classes.answer}>
      <span className={classes.how}>
        <Icon size={13} aria-hidden />
        {t(from === "button" ? "tap.button" : "tap.list")}
      </span>
      <span className={classes.title} dir="auto">
        {title}
        {description === null && trailing}
      </span>
      {description !== null && (
        <span className={classes.description} dir="auto">
          {description}
          {trailing}
        </span>
      )}
    </div>
  );
}
