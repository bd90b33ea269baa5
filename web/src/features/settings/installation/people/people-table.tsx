import { Ellipsis, LockKeyhole, LockKeyholeOpen, ShieldCheck, ShieldOff, VenetianMask } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import { Badge } from "@/components/badge";
import { DataTable, type Column } from "@/components/data-table";
import { IconButton } from "@/components/icon-button";
import { Menu, type MenuEntry } from "@/components/menu";
import { NamedRow } from "@/features/settings/components/named-row";
import styles from "@/features/settings/installation/installation.module.css";
import { PersonDialogs, type PersonDoing } from "@/features/settings/installation/people/person-dialogs";
import { useSession } from "@/lib/session";
import { agoTime } from "@/lib/time/format";
import { useRoleName } from "@/lib/use-role-name";
import type { PersonAccount, PersonView } from "@/lib/wire/openapi.gen";

interface PeopleTableProps {
  people: readonly PersonView[];
  /** Where they are shown as one company's. */
  account?: { id: string };
  more: { busy: boolean; onLoad: () => void } | undefined;
}

export function PeopleTable({ people, account, more }: PeopleTableProps) {
  const { t } = useTranslation("installation");
  const [doing, setDoing] = useState<PersonDoing | null>(null);
  const columns = useColumns(account?.id ?? null, setDoing);
  return (
    <>
      <DataTable
        label={t("people.list")}
        columns={columns}
        rows={people}
        rowKey={(person) => person.id}
        empty={null}
        more={more}
      />
      {doing !== null && <PersonDialogs doing={doing} onClose={() => setDoing(null)} />}
    </>
  );
}

function useColumns(accountId: string | null, onDoing: (doing: PersonDoing) => void): Column<PersonView>[] {
  const { t, i18n } = useTranslation("installation");
  const { t: app } = useTranslation("app");
  return [
    {
      key: "name",
      header: t("people.name"),
      cell: (person) => (
        <NamedRow
          mark={<Avatar id={person.id} name={person.name} size={36} />}
          name={person.name}
          detail={person.email}
          isOff={person.disabled_at !== null}
          badges={
            <>
              {person.disabled_at !== null && <Badge tone="danger">{t("people.disabled")}</Badge>}
              {person.is_super_admin && <Badge tone="accent">{t("people.superAdmin")}</Badge>}
            </>
          }
        />
      ),
    },
    {
      key: "accounts",
      header: t("people.accounts"),
      cell: ({ accounts }) => (
        <Belongings accounts={accounts.filter(({ id }) => accountId === null || id === accountId)} />
      ),
    },
    {
      key: "factor",
      header: t("people.factor"),
      phone: "hidden",
      cell: ({ second_factor: isOn }) => (
        <span className={styles.health} {...(isOn ? { "data-fine": true } : { "data-off": true })}>
          {isOn ? <ShieldCheck size={16} aria-hidden="true" /> : <ShieldOff size={16} aria-hidden="true" />}
          {t(isOn ? "people.factorOn" : "people.factorOff")}
        </span>
      ),
    },
    {
      key: "seen",
      header: t("people.lastSeen"),
      cell: ({ last_seen_at: at }) => (
        <span className={styles.faint}>
          {at === null ? t("people.never") : agoTime(at, i18n.language, app("common.now"))}
        </span>
      ),
    },
    {
      key: "actions",
      header: t("people.actions"),
      phone: "corner",
      align: "end",
      cell: (person) => <PersonMenu person={person} accountId={accountId} onDoing={onDoing} />,
    },
  ];
}

function Belongings({ accounts }: { accounts: readonly PersonAccount[] }) {
  const { t } = useTranslation("installation");
  const { t: app } = useTranslation("app");
  const roleName = useRoleName();
  if (accounts.length === 0) return <span className={styles.faint}>{t("people.noAccounts")}</span>;
  return (
    <span className={styles.accounts}>
      {accounts.map((account) => (
        <span key={account.id}>
          {account.name} <small>{roleName(account.role, app("account.roles.custom"))}</small>
        </span>
      ))}
    </span>
  );
}

interface PersonMenuProps {
  person: PersonView;
  accountId: string | null;
  onDoing: (doing: PersonDoing) => void;
}

/** Signing in as them, one entry a company; keeping them out, and letting them in again. */
function PersonMenu({ person, accountId, onDoing }: PersonMenuProps) {
  const { t } = useTranslation("installation");
  const { t: forms } = useTranslation("forms");
  const { user } = useSession();
  if (person.id === user.id) return null;
  const isDisabled = person.disabled_at !== null;
  const reachable = person.accounts.filter(
    ({ id, state }) =>
      (accountId === null || id === accountId) && state !== "suspended" && state !== "closed",
  );
  const entrances: MenuEntry[] =
    isDisabled || person.is_super_admin
      ? []
      : reachable.map((account) => ({
          key: account.id,
          label: t("impersonate.action"),
          icon: VenetianMask,
          hint: accountId === null ? account.name : null,
          onSelect: () => onDoing({ action: "impersonate", person, account }),
        }));
  const access: MenuEntry = isDisabled
    ? {
        key: "enable",
        label: t("people.enable"),
        icon: LockKeyholeOpen,
        onSelect: () => onDoing({ action: "enable", person }),
      }
    : {
        key: "disable",
        label: t("people.disable"),
        icon: LockKeyhole,
        onSelect: () => onDoing({ action: "disable", person }),
      };
  const sections = [
    ...(entrances.length > 0 ? [{ key: "enter", entries: entrances }] : []),
    { key: "access", entries: [access] },
  ];
  const label = forms("table.actions", { name: person.name });
  return (
    <Menu
      label={label}
      width={260}
      sections={sections}
      trigger={(props) => <IconButton icon={Ellipsis} size={18} label={label} {...props} />}
    />
  );
}
