import { Ban, KeyRound, MoreHorizontal, RefreshCw, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/badge";
import { DataTable, type Column } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { IconButton } from "@/components/icon-button";
import { Menu } from "@/components/menu";
import styles from "@/features/settings/api-keys/api-keys.module.css";
import { endsSoon, isAhead } from "@/features/settings/api-keys/expiry";
import { agoTime, fullTime } from "@/lib/time/format";
import type { ApiKeyView } from "@/lib/wire/openapi.gen";

export type KeyAction = "change" | "rotate" | "revoke";

interface KeysTableProps {
  label: string;
  keys: readonly ApiKeyView[];
  /** Where there are none. */
  create?: ReactNode;
  /** Null: only to look at. */
  onAction: ((apiKey: ApiKeyView, action: KeyAction) => void) | null;
}

export function KeysTable({ label, keys, create, onAction }: KeysTableProps) {
  const { t } = useTranslation("apiKeys");
  const columns: Column<ApiKeyView>[] = [
    { key: "name", header: t("columns.name"), width: "34%", cell: (apiKey) => <NameCell apiKey={apiKey} /> },
    { key: "scopes", header: t("columns.scopes"), cell: (apiKey) => <ScopesCell apiKey={apiKey} /> },
    { key: "expires", header: t("columns.expires"), cell: (apiKey) => <ExpiryCell apiKey={apiKey} /> },
    { key: "used", header: t("columns.used"), cell: (apiKey) => <UsedCell apiKey={apiKey} /> },
  ];
  if (onAction) {
    columns.push({
      key: "menu",
      header: "",
      phone: "corner",
      align: "end",
      width: "56px",
      cell: (apiKey) => <KeyMenu apiKey={apiKey} onAction={(action) => onAction(apiKey, action)} />,
    });
  }
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={keys}
      rowKey={(apiKey) => apiKey.id}
      {...(onAction && { onOpen: (apiKey: ApiKeyView) => onAction(apiKey, "change") })}
      empty={<EmptyState icon={KeyRound} title={t("emptyTitle")} body={t("emptyBody")} action={create} />}
    />
  );
}

function KeyMenu({ apiKey, onAction }: { apiKey: ApiKeyView; onAction: (action: KeyAction) => void }) {
  const { t } = useTranslation("apiKeys");
  const { t: forms } = useTranslation("forms");
  const label = forms("table.actions", { name: apiKey.name });
  const entry = (action: KeyAction, icon: typeof Ban) => ({
    key: action,
    label: t(`menu.${action}`),
    icon,
    onSelect: () => onAction(action),
  });
  const isActive = apiKey.state === "active";
  return (
    <Menu
      label={label}
      sections={[
        {
          key: "change",
          entries: [entry("change", SlidersHorizontal), ...(isActive ? [entry("rotate", RefreshCw)] : [])],
        },
        { key: "revoke", entries: [entry("revoke", Ban)] },
      ]}
      trigger={(props) => <IconButton icon={MoreHorizontal} label={label} {...props} />}
    />
  );
}

function NameCell({ apiKey }: { apiKey: ApiKeyView }) {
  const { t, i18n } = useTranslation("apiKeys");
  const overlap = apiKey.state === "active" ? apiKey.previous_expires_at : null;
  return (
    <span className={styles.name}>
      <strong>
        {apiKey.name}
        {apiKey.state !== "active" && (
          <Badge tone={apiKey.state === "expired" ? "warning" : "neutral"}>
            {t(`state.${apiKey.state}`)}
          </Badge>
        )}
      </strong>
      <code>{`${apiKey.prefix}…`}</code>
      <small>{t("madeBy", { name: apiKey.created_by_name })}</small>
      {overlap !== null && isAhead(overlap) && (
        <small className={styles.overlap}>
          <RefreshCw size={13} aria-hidden="true" />
          {t("overlap", { when: fullTime(overlap, i18n.language) })}
        </small>
      )}
    </span>
  );
}

/** More names than these make a row of many lines. */
const SCOPES_SHOWN = 2;

function ScopesCell({ apiKey: { scopes } }: { apiKey: ApiKeyView }) {
  const { t } = useTranslation("permissions");
  const names = scopes.map((scope) => t(`names.${scope}.title`));
  const rest = names.slice(SCOPES_SHOWN);
  return (
    <span className={styles.scopeList}>
      {names.slice(0, SCOPES_SHOWN).map((name) => (
        <Badge key={name}>{name}</Badge>
      ))}
      {rest.length > 0 && <small title={rest.join(", ")}>{`+${rest.length}`}</small>}
    </span>
  );
}

function ExpiryCell({ apiKey: { state, expires_at: expiresAt } }: { apiKey: ApiKeyView }) {
  const { t, i18n } = useTranslation("apiKeys");
  if (expiresAt === null) return <span className={styles.faint}>{t("noExpiry")}</span>;
  const isSoon = state === "active" && endsSoon(expiresAt);
  return (
    <span className={styles.lines}>
      {t("expires", { when: fullTime(expiresAt, i18n.language) })}
      {isSoon && <Badge tone="warning">{t("soon")}</Badge>}
    </span>
  );
}

function UsedCell({ apiKey: { last_used_at: usedAt, last_used_ip: ip } }: { apiKey: ApiKeyView }) {
  const { t, i18n } = useTranslation("apiKeys");
  const { t: app } = useTranslation("app");
  if (usedAt === null) return <span className={styles.faint}>{t("never")}</span>;
  const when = agoTime(usedAt, i18n.language, app("common.now"));
  return <span>{ip === null ? when : t("usedFrom", { when, ip })}</span>;
}
