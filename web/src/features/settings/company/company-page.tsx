import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { SettingsPage } from "@/components/settings-page";
import { AboutForm } from "@/features/settings/company/about-form";
import { CloseCard, ClosingNotice } from "@/features/settings/company/close-card";
import { HoursForm } from "@/features/settings/company/hours/hours-form";
import { LogoCard } from "@/features/settings/company/logo-card";
import { useAccount } from "@/features/settings/company/use-account";

export default function CompanyPage() {
  const { t } = useTranslation("company");
  const { query, account, round, isStale, reload, save } = useAccount();
  return (
    <SettingsPage title={t("title")} lead={t("lead")}>
      <Loaded query={query}>
        {(loaded) => {
          const shown = account ?? loaded;
          return (
            <>
              {shown.state === "closing" && <ClosingNotice account={shown} save={save} />}
              {isStale && (
                <Notice
                  tone="warning"
                  action={
                    <Button icon={RefreshCw} onClick={() => void reload()}>
                      {t("reload")}
                    </Button>
                  }
                >
                  {t("stale")}
                </Notice>
              )}
              <LogoCard account={shown} save={save} />
              <AboutForm key={`about-${round}`} account={shown} save={save} />
              <HoursForm key={`hours-${round}`} account={shown} save={save} />
              {shown.state === "active" && <CloseCard account={shown} save={save} />}
            </>
          );
        }}
      </Loaded>
    </SettingsPage>
  );
}
