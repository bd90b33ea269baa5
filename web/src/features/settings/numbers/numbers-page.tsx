import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { numbersQuery } from "@/features/settings/numbers/api";
import { ConnectDialog } from "@/features/settings/numbers/connect-dialog";
import { ConnectedDialog } from "@/features/settings/numbers/connected-dialog";
import { NumberDialog } from "@/features/settings/numbers/number-dialog";
import { NumbersTable } from "@/features/settings/numbers/numbers-table";
import { departmentsQuery } from "@/lib/api/queries";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { ConnectedNumberView } from "@/lib/wire/openapi.gen";

export default function NumbersPage() {
  const { t } = useTranslation("numbers");
  const query = useQuery(numbersQuery);
  const { data: departments = [] } = useQuery(departmentsQuery);
  const [filter, setFilter] = useUrlFilter();
  const [isConnecting, setConnecting] = useState(false);
  const [connected, setConnected] = useState<ConnectedNumberView | null>(null);
  const opened = query.data?.find(({ id }) => id === filter.number);
  const connect = (
    <Button variant="primary" icon={Plus} onClick={() => setConnecting(true)}>
      {t("connect")}
    </Button>
  );
  return (
    <SettingsPage title={t("title")} lead={t("lead")} width="table" actions={connect}>
      <SettingsCard flush title={t("connected")}>
        <Loaded query={query}>
          {(numbers) => (
            <NumbersTable
              numbers={numbers}
              departments={departments}
              connect={connect}
              onOpen={({ id }) => setFilter({ number: id })}
            />
          )}
        </Loaded>
      </SettingsCard>
      {isConnecting && (
        <ConnectDialog
          departments={departments.filter((department) => department.archived_at === null)}
          onConnected={setConnected}
          onClose={() => setConnecting(false)}
        />
      )}
      {connected && <ConnectedDialog connected={connected} onClose={() => setConnected(null)} />}
      {opened && (
        <NumberDialog
          number={opened}
          department={departments.find(({ id }) => id === opened.default_department_id)}
          onClose={() => setFilter({ number: "" })}
        />
      )}
    </SettingsPage>
  );
}
