import { useQuery } from "@tanstack/react-query";
import { ShieldOff, UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Loaded } from "@/components/loaded";
import { SettingsCard, SettingsPage } from "@/components/settings-page";
import { InvitationsCard } from "@/features/settings/people/invitations-card";
import { InviteDialog } from "@/features/settings/people/invite-dialog";
import { filterTeam } from "@/features/settings/people/model";
import { PeopleFilters } from "@/features/settings/people/people-filters";
import styles from "@/features/settings/people/people.module.css";
import { PersonConfirm } from "@/features/settings/people/person-confirm";
import { PersonDialog } from "@/features/settings/people/person-dialog";
import type { PersonAction } from "@/features/settings/people/person-menu";
import { TeamTable } from "@/features/settings/people/team-table";
import { useTeam } from "@/features/settings/people/use-team";
import { rolesQuery } from "@/lib/api/company";
import { departmentsQuery } from "@/lib/api/queries";
import { useUrlFilter } from "@/lib/use-url-filter";
import type { TeamMemberView } from "@/lib/wire/openapi.gen";

interface Doing {
  person: TeamMemberView;
  action: PersonAction;
}

export default function PeoplePage() {
  const { t } = useTranslation("people");
  const { query, rows } = useTeam();
  const { data: roles = [], isSuccess: hasRoles } = useQuery(rolesQuery);
  const { data: departments = [] } = useQuery(departmentsQuery);
  const [filter, setFilter] = useUrlFilter();
  const [inviting, setInviting] = useState(false);
  const [doing, setDoing] = useState<Doing | null>(null);
  const { q = "", department = "", role = "" } = filter;
  const withoutFactor = rows.filter((person) => person.state === "active" && !person.second_factor).length;
  const stop = () => setDoing(null);
  return (
    <SettingsPage
      title={t("title")}
      lead={t("lead")}
      width="table"
      actions={
        <Button variant="primary" icon={UserPlus} disabled={!hasRoles} onClick={() => setInviting(true)}>
          {t("invite")}
        </Button>
      }
    >
      <SettingsCard flush>
        <PeopleFilters
          filter={{ q, department, role }}
          roles={roles}
          departments={departments}
          onChange={setFilter}
        />
        <Loaded query={query}>
          {() => (
            <TeamTable
              team={filterTeam(rows, { q, department, role })}
              departments={departments}
              onAction={(person, action) => setDoing({ person, action })}
              onClear={() => setFilter({ q: "", department: "", role: "" })}
            />
          )}
        </Loaded>
        {withoutFactor > 0 && (
          <p className={styles.footnote}>
            <ShieldOff size={15} aria-hidden="true" />
            {t("withoutFactor", { count: withoutFactor })}
          </p>
        )}
      </SettingsCard>
      <InvitationsCard departments={departments} />
      {inviting && (
        <InviteDialog roles={roles} departments={departments} onClose={() => setInviting(false)} />
      )}
      {doing?.action === "change" && (
        <PersonDialog person={doing.person} roles={roles} departments={departments} onClose={stop} />
      )}
      {doing !== null && doing.action !== "change" && (
        <PersonConfirm member={doing.person.member} action={doing.action} onClose={stop} />
      )}
    </SettingsPage>
  );
}
