/** /v1/installation: for super admins; to everybody else none of it exists. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type {
  AccountState,
  AuditPageView,
  InstallationAccountDetails,
  InstallationAccountList,
  InstallationSettings,
  InviteAdminBody,
  MailHealthView,
  NewAccount,
  PeopleList,
  PersonView,
  PlanView,
  SystemLogList,
  Verification,
} from "@/lib/wire/openapi.gen";

const ROOT = "/installation";
const PER_PAGE = 50;
/** The log and the mail's health are watched while something is mended. */
const LOOK_AGAIN_MS = 20_000;

export const installationKeys = {
  accounts: ["installation", "accounts"] as const,
  account: (id: string) => ["installation", "account", id] as const,
  people: ["installation", "people"] as const,
  mail: ["installation", "mail"] as const,
  log: ["installation", "log"] as const,
  settings: ["installation", "settings"] as const,
  audit: ["installation", "audit"] as const,
  plans: ["installation", "plans"] as const,
  all: ["installation"] as const,
};

type Filter = Record<string, string | undefined>;

/** A list with cursors: every page of it is asked for the same way. */
function pages<T extends { next_cursor: string | null }>(
  key: readonly string[],
  path: string,
  filter: Filter,
  watch = false,
) {
  return infiniteQueryOptions({
    queryKey: [...key, filter] as const,
    queryFn: ({ pageParam, signal }) =>
      request<T>("GET", path, { signal, query: { ...filter, cursor: pageParam, limit: PER_PAGE } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: T) => page.next_cursor,
    // While a filter is typed the list before it stays.
    placeholderData: (before) => before,
    ...(watch && { refetchInterval: LOOK_AGAIN_MS }),
  });
}

export const accountsQuery = (filter: { q: string; state: string }) =>
  pages<InstallationAccountList>(installationKeys.accounts, `${ROOT}/accounts`, filter);

export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: installationKeys.account(id),
    queryFn: ({ signal }) => request<InstallationAccountDetails>("GET", `${ROOT}/accounts/${id}`, { signal }),
  });

export const peopleQuery = (filter: { q?: string; account_id?: string }) =>
  pages<PeopleList>(installationKeys.people, `${ROOT}/people`, filter);

export const logQuery = (filter: { q: string; level: string; since: string }) =>
  pages<SystemLogList>(installationKeys.log, `${ROOT}/log`, filter, true);

export const auditQuery = (filter: { q: string; action: string }) =>
  pages<AuditPageView>(installationKeys.audit, `${ROOT}/audit`, filter);

export const mailQuery = queryOptions({
  queryKey: installationKeys.mail,
  queryFn: ({ signal }) => request<MailHealthView>("GET", `${ROOT}/mail`, { signal }),
  refetchInterval: LOOK_AGAIN_MS,
});

export const settingsQuery = queryOptions({
  queryKey: installationKeys.settings,
  queryFn: ({ signal }) => request<InstallationSettings>("GET", `${ROOT}/settings`, { signal }),
});

export const plansQuery = queryOptions({
  queryKey: installationKeys.plans,
  queryFn: ({ signal }) => request<PlanView[]>("GET", `${ROOT}/plans`, { signal }),
  // They change with a release.
  staleTime: Infinity,
});

type Details = Promise<InstallationAccountDetails>;

export function createAccount(body: NewAccount): Details {
  return request("POST", `${ROOT}/accounts`, { body });
}

export function suspendAccount(id: string, reason: string): Details {
  return request("POST", `${ROOT}/accounts/${id}/suspend`, { body: { reason } });
}

export function reactivateAccount(id: string): Details {
  return request("POST", `${ROOT}/accounts/${id}/reactivate`);
}

export function closeAccount(id: string, reason: string): Details {
  return request("POST", `${ROOT}/accounts/${id}/close`, { body: { reason } });
}

export function changePlan(id: string, plan: string): Details {
  return request("PUT", `${ROOT}/accounts/${id}/plan`, { body: { plan } });
}

export function inviteAdmin(id: string, body: InviteAdminBody): Promise<null> {
  return request<null>("POST", `${ROOT}/accounts/${id}/invite-admin`, { body });
}

export function disablePerson(id: string, reason: string): Promise<PersonView> {
  return request<PersonView>("POST", `${ROOT}/people/${id}/disable`, { body: { reason } });
}

export function enablePerson(id: string): Promise<PersonView> {
  return request<PersonView>("POST", `${ROOT}/people/${id}/enable`);
}

export function putSettings(body: InstallationSettings): Promise<InstallationSettings> {
  return request<InstallationSettings>("PUT", `${ROOT}/settings`, { body });
}

export function verifyChain(): Promise<Verification> {
  return request<Verification>("POST", `${ROOT}/audit/verify`);
}

export const ACCOUNT_STATES: readonly AccountState[] = ["active", "suspended", "closing", "closed"];
