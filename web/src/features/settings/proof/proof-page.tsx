import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { CopyLine } from "@/components/secret-once";
import { Segmented } from "@/components/segmented";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { proofQuery } from "@/features/settings/proof/api";
import { Equations } from "@/features/settings/proof/equations";
import { Flow } from "@/features/settings/proof/flow";
import { MinuteChart } from "@/features/settings/proof/minute-chart";
import styles from "@/features/settings/proof/proof.module.css";
import { Speed } from "@/features/settings/proof/speed";
import type { EquationView, ProofView } from "@/lib/wire/openapi.gen";

type WindowName = "today" | "week";

const NOTICE_TONES = {
  equal: "success",
  under_way: "success",
  explained: "warning",
  alarm: "danger",
} as const;
const WORST_FIRST = ["alarm", "explained", "under_way", "equal"] as const;

export function worstOf(equations: readonly EquationView[]): EquationView["state"] {
  return WORST_FIRST.find((state) => equations.some((equation) => equation.state === state)) ?? "equal";
}

/** Whether all that came in is on the screens, in numbers that must be equal; and how fast. */
export default function ProofPage() {
  const { t } = useTranslation("proof");
  const query = useQuery(proofQuery);
  return (
    <SettingsPage title={t("title")} lead={t("lead")} width="table">
      <Loaded query={query}>{(proof) => <Proof proof={proof} />}</Loaded>
    </SettingsPage>
  );
}

function Proof({ proof }: { proof: ProofView }) {
  const { t } = useTranslation("proof");
  const [shown, setShown] = useState<WindowName>("today");
  const window = proof[shown];
  const state = worstOf(window.equations);
  return (
    <>
      <div className={styles.head}>
        <Segmented<WindowName>
          label={t("window.label")}
          value={shown}
          options={[
            { value: "today", label: t("window.today") },
            { value: "week", label: t("window.week") },
          ]}
          onChange={setShown}
        />
        <span className={styles.live}>{t("live", { count: proof.processes })}</span>
      </div>
      <Notice tone={NOTICE_TONES[state]} title={t(`state.${state}.title`)}>
        {t(`state.${state}.body`)}
      </Notice>
      <SettingsCard title={t("flow.title")}>
        <Flow window={window} />
      </SettingsCard>
      <SettingsCard flush title={t("equations.title")} lead={t("equations.lead")}>
        <Equations equations={window.equations} />
      </SettingsCard>
      <SettingsCard title={t("speed.title")} lead={t("speed.lead")}>
        <Speed legs={window.legs} perSecond={proof.trips_per_second} />
      </SettingsCard>
      <SettingsCard title={t("chart.title")}>
        <MinuteChart minutes={proof.minutes} />
      </SettingsCard>
      <SettingsCard title={t("parked.title")}>
        <Parked count={proof.parked_waiting} stopsAt={proof.counts_stop_at} />
      </SettingsCard>
    </>
  );
}

/** What an administrator of the installation types: nothing of it depends on the account. */
const REPLAY_COMMAND = "prosa replay";

function Parked({ count, stopsAt }: { count: number; stopsAt: number }) {
  const { t } = useTranslation("proof");
  if (count === 0) return <p className={styles.text}>{t("parked.none")}</p>;
  return (
    <div className={styles.parked}>
      <strong>{t(count >= stopsAt ? "parked.orMore" : "parked.waiting", { count })}</strong>
      <p className={styles.text}>{t("parked.body")}</p>
      <CopyLine label={t("parked.title")} text={REPLAY_COMMAND} />
    </div>
  );
}
