import { useTranslation } from "react-i18next";
import styles from "@/features/settings/proof/proof.module.css";
import { formatMs } from "@/lib/time/format-ms";
import type { LegView } from "@/lib/wire/openapi.gen";

/** p50 and p99 of each leg. */
export function Speed({ legs, perSecond }: { legs: readonly LegView[]; perSecond: number }) {
  const { t, i18n } = useTranslation("proof");
  const number = new Intl.NumberFormat(i18n.language);
  if (legs.every(({ count }) => count === 0)) return <p className={styles.text}>{t("speed.none")}</p>;
  const longest = Math.max(...legs.map(({ p99_ms }) => p99_ms ?? 0), 1);
  return (
    <>
      <table className={styles.legs}>
        <thead>
          <tr>
            <th scope="col">{t("speed.leg")}</th>
            <th scope="col">{t("speed.p50")}</th>
            <th scope="col">{t("speed.p99")}</th>
            <th scope="col">{t("speed.count")}</th>
          </tr>
        </thead>
        <tbody>
          {legs.map((leg) => (
            <tr key={leg.leg} data-leg={leg.leg}>
              <th scope="row">
                {t(`speed.${leg.leg}`)}
                <span className={styles.spread} aria-hidden="true">
                  <i style={{ width: `${share(leg.p99_ms, longest)}%` }} />
                  <i style={{ width: `${share(leg.p50_ms, longest)}%` }} />
                </span>
              </th>
              <td>{formatMs(leg.p50_ms, i18n.language)}</td>
              <td>{formatMs(leg.p99_ms, i18n.language)}</td>
              <td>{number.format(leg.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.note}>{t("speed.sampled", { count: perSecond })}</p>
    </>
  );
}

function share(ms: number | null, longest: number): number {
  return ms === null ? 0 : Math.max(1.5, (ms / longest) * 100);
}
