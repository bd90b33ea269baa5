import { ArrowRight, Check, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "@/features/settings/proof/proof.module.css";
import type { EquationView, ProofWindow } from "@/lib/wire/openapi.gen";

const STATIONS = ["received", "stored", "numbered", "published", "pushed", "acknowledged"] as const;
type Station = (typeof STATIONS)[number];

/** What is checked on the way into a station; screens multiply, so nothing can be equal between publishing and pushing. */
const CHECKED: Record<Station, readonly EquationView["name"][]> = {
  received: [],
  stored: ["received"],
  numbered: ["announced", "numbered"],
  published: ["published"],
  pushed: ["relayed"],
  acknowledged: ["acknowledged"],
};

/** The six stations of the way, and between each two whether the sum adds up. */
export function Flow({ window }: { window: ProofWindow }) {
  const { t, i18n } = useTranslation("proof");
  const number = new Intl.NumberFormat(i18n.language);
  const hints: Record<Station, string> = {
    received: t("flow.receivedHint"),
    stored: t("flow.storedHint", {
      repeated: number.format(window.repeated),
      parked: number.format(window.parked),
    }),
    numbered: t("flow.numberedHint"),
    published: t("flow.publishedHint", { count: window.found }),
    pushed: t("flow.pushedHint"),
    acknowledged: t("flow.acknowledgedHint", { count: window.ended }),
  };
  return (
    <ol className={styles.flow} aria-label={t("flow.label")}>
      {STATIONS.map((station) => (
        <li key={station} className={styles.station}>
          {CHECKED[station].length > 0 && (
            <Link
              equations={window.equations.filter(({ name }) => CHECKED[station].includes(name))}
              spreads={station === "pushed"}
            />
          )}
          <div className={styles.box}>
            <span>{t(`flow.${station}`)}</span>
            <b>{number.format(window[station])}</b>
            <small>{hints[station]}</small>
          </div>
        </li>
      ))}
    </ol>
  );
}

function Link({ equations, spreads }: { equations: readonly EquationView[]; spreads: boolean }) {
  const { t } = useTranslation("proof");
  const order = ["alarm", "explained", "under_way"] as const;
  const worst = order.flatMap((state) => equations.filter((equation) => equation.state === state))[0];
  const state = worst?.state ?? "equal";
  const count = state === "explained" ? worst?.unreported : Math.abs(worst?.gap ?? 0);
  const words = state === "equal" && spreads ? t("flow.spread") : t(`flow.${state}`, { count });
  const Icon = state === "alarm" ? TriangleAlert : spreads && state === "equal" ? ArrowRight : Check;
  return (
    <span className={styles.link} data-state={state} title={words}>
      <i aria-hidden="true">
        {state === "equal" && !spreads ? "=" : <Icon size={14} strokeWidth={2.6} aria-hidden="true" />}
      </i>
      <span className={state === "equal" ? "visually-hidden" : undefined}>{words}</span>
    </span>
  );
}
