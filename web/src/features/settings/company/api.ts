/** The account's settings: /v1/account. Every change answers the account as it is then. */
import { queryOptions } from "@tanstack/react-query";
import { keys } from "@/lib/api/queries";
import { request } from "@/lib/http/client";
import type { AccountChanges, AccountView } from "@/lib/wire/openapi.gen";

export const accountQuery = queryOptions({
  queryKey: keys.account,
  queryFn: ({ signal }) => request<AccountView>("GET", "/account", { signal }),
});

export function changeAccount(changes: AccountChanges): Promise<AccountView> {
  return request<AccountView>("PATCH", "/account", { body: changes });
}

export function putLogo(file: File): Promise<AccountView> {
  const form = new FormData();
  form.append("file", file, file.name);
  return request<AccountView>("PUT", "/account/logo", { form });
}

export function removeLogo(): Promise<AccountView> {
  return request<AccountView>("DELETE", "/account/logo");
}

export function closeAccount(reason: string, password: string): Promise<AccountView> {
  return request<AccountView>("POST", "/account/close", { body: { reason, password } });
}

export function cancelClosing(): Promise<AccountView> {
  return request<AccountView>("POST", "/account/close/cancel");
}
