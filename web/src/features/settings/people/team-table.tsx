import { ShieldCheck, ShieldOff, UsersRound } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { DataTable, type Column } from "@/components/data-table";
import { DepartmentDot } from "@/components/department-dot";
import { EmptyState } from "@/components/empty-state";
import { NamedRow } from "@/features/settings/components/named-row";
import styles from "@/features/settings/people/people.module.css";
import { PersonMenu, type PersonAction } from "@/features/settings/people/person-menu";
import { useSession } from "@/lib/session";
import { agoTime } from "@/lib/time/format";
import { useRoleName } from "@/lib/use-role-name";
import type { DepartmentView, MemberView, TeamMemberView } from "@/lib/wire/openapi.gen";

interface TeamTableProps {
  team: readonly TeamMemberView[];
  departments: readonly DepartmentView[];
  onAction: (person: TeamMemberView, action: PersonAction) => void;
  onClear: () => void;
}

export function TeamTable({ team, departments, onAction, onClear }: TeamTableProps) {
  const { t } = useTranslation("people");
  const roleName = useRoleName();
  const columns: Column<TeamMemberView>[] = [
    {
      key: "person",
      header: t("columns.person"),
      width: "32%",
      cell: (person) => <PersonCell person={person} />,
    },
    {
      key: "role",
      header: t("columns.role"),
      cell: ({ member }) => <span className={styles.nowrap}>{roleName(member.role, member.role_name)}</span>,
    },
    {
      key: "departments",
      header: t("columns.departments"),
      cell: ({ member }) => <DepartmentsCell member={member} departments={departments} />,
    },
    {
      key: "factor",
      header: t("columns.factor"),
      cell: (person) => <FactorCell isOn={person.second_factor} />,
    },
    { key: "seen", header: t("columns.seen"), cell: (person) => <SeenCell person={person} /> },
    {
      key: "menu",
      header: "",
      phone: "corner",
      align: "end",
      width: "56px",
      cell: (person) => <PersonMenu person={person} onAction={(action) => onAction(person, action)} />,
    },
  ];
  return (
    <DataTable
      label={t("team")}
      columns={columns}
      rows={team}
      rowKey={({ member }) => member.id}
      onOpen={(person) => onAction(person, "change")}
      empty={
        <EmptyState
          icon={UsersRound}
          title={t("nobodyTitle")}
          body={t("nobodyBody")}
          action={<Button onClick={onClear}>{t("clear")}</Button>}
        />
      }
    />
  );
}

function PersonCell({ person: { member, state } }: { person: TeamMemberView }) {
  const { t } = useTranslation("people");
  const { user } = useSession();
  return (
    <NamedRow
      mark={<Avatar id={member.id} name={member.name} size={36} availability={member.availability} />}
      name={member.name}
      detail={member.email}
      isOff={state === "disabled"}
      badges={
        <>
          {member.id === user.id && <Badge>{t("you")}</Badge>}
          {state === "disabled" && (
            <span title={t("disabledHint")}>
              <Badge tone="danger">{t("disabled")}</Badge>
            </span>
          )}
        </>
      }
    />
  );
}

/** More names than these make a row of two lines. */
const NAMES_SHOWN = 2;

function DepartmentsCell({
  member,
  departments,
}: {
  member: MemberView;
  departments: readonly DepartmentView[];
}) {
  const { t } = useTranslation("people");
  const own = departments.filter(({ id }) => member.department_ids.includes(id));
  if (own.length === 0) {
    const reachesAll = member.permissions.includes("departments.all");
    return <Faint>{t(reachesAll ? "allDepartments" : "noDepartments")}</Faint>;
  }
  const rest = own.slice(NAMES_SHOWN);
  return (
    <span className={styles.departments}>
      {own.slice(0, NAMES_SHOWN).map((department) => (
        <span key={department.id}>
          <DepartmentDot color={department.color} />
          {department.name}
        </span>
      ))}
      {rest.length > 0 && <small title={rest.map(({ name }) => name).join(", ")}>{`+${rest.length}`}</small>}
    </span>
  );
}

function FactorCell({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation("people");
  const Icon = isOn ? ShieldCheck : ShieldOff;
  return (
    <span className={styles.factor} data-on={isOn ? true : undefined}>
      <Icon size={16} strokeWidth={1.9} aria-hidden="true" />
      {t(isOn ? "factorOn" : "factorOff")}
    </span>
  );
}

function SeenCell({ person: { member, last_seen_at: seenAt } }: { person: TeamMemberView }) {
  const { t, i18n } = useTranslation("people");
  const { t: app } = useTranslation("app");
  if (member.availability !== "offline") return <span className={styles.nowrap}>{t("here")}</span>;
  if (seenAt === null) return <Faint>{t("never")}</Faint>;
  return <span className={styles.nowrap}>{agoTime(seenAt, i18n.language, app("common.now"))}</span>;
}

function Faint({ children }: { children: ReactNode }) {
  return <span className={styles.faint}>{children}</span>;
}
