import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut, Monitor, Smartphone, Tablet, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/dialog";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsPage, SettingsRow } from "@/components/settings-page";
import { endOtherSessions, endSession, personalKeys, sessionsQuery } from "@/features/settings/api";
import { useSession } from "@/lib/session";
import { agoTime, fullTime } from "@/lib/time/format";
import { showToast } from "@/lib/toasts";
import { useProblemText } from "@/lib/use-problem-text";
import type { OpenSessionView } from "@/lib/wire/openapi.gen";

export default function SessionsPage() {
  const { t } = useTranslation("settings");
  const cache = useQueryClient();
  const query = useQuery(sessionsQuery);
  const { impersonated_by: impersonator } = useSession();
  const [confirming, setConfirming] = useState(false);
  const refresh = () => cache.invalidateQueries({ queryKey: personalKeys.sessions });
  const others = query.data?.filter((session) => !session.current).length ?? 0;
  return (
    <SettingsPage title={t("sessions.title")} lead={t("sessions.lead")}>
      <SettingsCard
        flush
        title={t("sessions.listTitle")}
        aside={
          others > 0 && (
            <Button
              variant="danger"
              icon={LogOut}
              disabled={impersonator !== null}
              onClick={() => setConfirming(true)}
            >
              {t("sessions.endOthers")}
            </Button>
          )
        }
      >
        <Loaded query={query}>
          {(sessions) =>
            [...sessions]
              .sort((a, b) => Number(b.current) - Number(a.current))
              .map((session) => <SessionRow key={session.id} session={session} onEnded={refresh} />)
          }
        </Loaded>
      </SettingsCard>
      {confirming && (
        <ConfirmDialog
          title={t("sessions.endOthersTitle")}
          body={t("sessions.endOthersBody")}
          confirm={t("sessions.endOthers")}
          onClose={() => setConfirming(false)}
          onConfirm={async () => {
            await endOtherSessions();
            await refresh();
            showToast(t("sessions.othersEnded"));
          }}
        />
      )}
    </SettingsPage>
  );
}

const ICONS: Partial<Record<string, LucideIcon>> = { phone: Smartphone, tablet: Tablet };

function SessionRow({ session, onEnded }: { session: OpenSessionView; onEnded: () => Promise<void> }) {
  const { t, i18n } = useTranslation("settings");
  const { t: app } = useTranslation("app");
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const Icon = ICONS[session.device] ?? Monitor;
  const name = [session.browser, session.os].filter(Boolean).join(" · ") || t("sessions.unknownDevice");
  const facts = [
    session.current
      ? null
      : t("sessions.lastSeen", { when: agoTime(session.last_seen_at, i18n.language, app("common.now")) }),
    session.ip,
    t("sessions.since", { when: fullTime(session.created_at, i18n.language) }),
  ];
  const end = async () => {
    setBusy(true);
    try {
      await endSession(session.id);
      await onEnded();
      showToast(t("sessions.ended"));
    } catch (error) {
      showToast(problemText(error), "trouble");
      setBusy(false);
    }
  };
  return (
    <SettingsRow
      icon={<Icon size={19} strokeWidth={1.8} aria-hidden="true" />}
      title={
        <>
          {name}
          {session.current && <Badge tone="success">{t("sessions.current")}</Badge>}
        </>
      }
      body={facts.filter(Boolean).join(" · ")}
      action={
        !session.current && (
          <Button busy={busy} aria-label={t("sessions.end", { device: name })} onClick={() => void end()}>
            {t("sessions.endShort")}
          </Button>
        )
      }
    />
  );
}
