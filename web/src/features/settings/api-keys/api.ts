/** Programs that may act in the account: /v1/api-keys. A key itself is in an answer once, and never in the cache. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type { ApiKeyView, ChangeApiKeyBody, CreateApiKeyBody, IssuedApiKey } from "@/lib/wire/openapi.gen";

const apiKeysKey = ["api-keys"] as const;

export const apiKeysQuery = queryOptions({
  queryKey: apiKeysKey,
  queryFn: ({ signal }) => request<ApiKeyView[]>("GET", "/api-keys", { signal }),
});

export function createApiKey(key: CreateApiKeyBody): Promise<IssuedApiKey> {
  return request<IssuedApiKey>("POST", "/api-keys", { body: key });
}

export function changeApiKey(id: string, change: ChangeApiKeyBody): Promise<ApiKeyView> {
  return request<ApiKeyView>("PATCH", `/api-keys/${id}`, { body: change });
}

export function rotateApiKey(id: string, overlapHours: number): Promise<IssuedApiKey> {
  return request<IssuedApiKey>("POST", `/api-keys/${id}/rotate`, { body: { overlap_hours: overlapHours } });
}

export function revokeApiKey(id: string): Promise<null> {
  return request<null>("DELETE", `/api-keys/${id}`);
}

export function useRefreshApiKeys(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: apiKeysKey });
}
