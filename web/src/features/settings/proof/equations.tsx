import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import styles from "@/features/settings/proof/proof.module.css";
import type { EquationView } from "@/lib/wire/openapi.gen";

const TONES = { equal: "success", under_way: "accent", explained: "warning", alarm: "danger" } as const;

/** Each sum with both of its sides, and what a gap between them means. */
export function Equations({ equations }: { equations: readonly EquationView[] }) {
  const { t } = useTranslation("proof");
  return (
    <ul className={styles.equations}>
      {equations.map((equation) => (
        <li key={equation.name} data-state={equation.state}>
          <div className={styles.meaning}>
            <strong>{t(`equations.${equation.name}.name`)}</strong>
            <p>{t(`equations.${equation.name}.body`)}</p>
            <Gap equation={equation} />
          </div>
          <Sides equation={equation} />
          <Badge tone={TONES[equation.state]}>{t(`equations.states.${equation.state}`)}</Badge>
        </li>
      ))}
    </ul>
  );
}

function Sides({ equation }: { equation: EquationView }) {
  const { i18n } = useTranslation("proof");
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <span className={styles.sides}>
      <b>{number.format(equation.left)}</b>
      <i>{equation.gap === 0 ? "=" : "≠"}</i>
      <b>{number.format(equation.right)}</b>
    </span>
  );
}

function Gap({ equation }: { equation: EquationView }) {
  const { t } = useTranslation("proof");
  if (equation.gap === 0) return null;
  return (
    <p className={styles.gap}>
      {equation.state === "alarm" && t("equations.lost")}
      {equation.under_way > 0 && t("equations.underWay", { count: equation.under_way })}{" "}
      {equation.unreported > 0 && t("equations.unreported", { count: equation.unreported })}
    </p>
  );
}
