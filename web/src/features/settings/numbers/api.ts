/** The account's WhatsApp numbers: /v1/numbers. What is secret goes in once and never comes out. */
import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type {
  ConnectedNumberView,
  ConnectNumberBody,
  NumberUpdateView,
  NumberView,
} from "@/lib/wire/openapi.gen";

const numbersKey = ["numbers"] as const;
/** A page of Meta's notices; a number gets a few a month. */
const UPDATES_PER_PAGE = 20;

export const numbersQuery = queryOptions({
  queryKey: numbersKey,
  queryFn: ({ signal }) => request<NumberView[]>("GET", "/numbers", { signal }),
});

export function numberUpdatesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["number-updates", id] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      request<NumberUpdateView[]>("GET", `/numbers/${id}/updates`, {
        signal,
        query: { before: pageParam, limit: UPDATES_PER_PAGE },
      }),
    getNextPageParam: (page) => (page.length < UPDATES_PER_PAGE ? null : (page.at(-1)?.id ?? null)),
  });
}

export function connectNumber(number: ConnectNumberBody): Promise<ConnectedNumberView> {
  return request<ConnectedNumberView>("POST", "/numbers", { body: number });
}

export function useRefreshNumbers(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: numbersKey });
}
