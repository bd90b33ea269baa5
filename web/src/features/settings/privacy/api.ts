import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { fetchFile, request } from "@/lib/http/client";
import { saveFile } from "@/lib/save-file";
import type {
  ErasureCertificate,
  ErasurePage,
  ErasureSearch,
  ErasureView,
  PrivacyPolicyBody,
  PrivacyPolicyView,
  RetentionPreview,
} from "@/lib/wire/openapi.gen";
import type { Rules } from "@/features/settings/privacy/model/retention";

export const privacyKeys = {
  policy: ["privacy", "policy"] as const,
  preview: ["privacy", "preview"] as const,
  erasures: ["privacy", "erasures"] as const,
};

/** While messages are being encrypted, the page shows how far that is. */
const ENCRYPTION_AGAIN_MS = 5000;

export const privacyPolicyQuery = queryOptions({
  queryKey: privacyKeys.policy,
  queryFn: ({ signal }) => request<PrivacyPolicyView>("GET", "/privacy/policy", { signal }),
  refetchInterval: ({ state }) =>
    ["starting", "catching_up"].includes(state.data?.content_sealing.state ?? "off")
      ? ENCRYPTION_AGAIN_MS
      : false,
});

export function replacePolicy(policy: PrivacyPolicyBody): Promise<PrivacyPolicyView> {
  return request<PrivacyPolicyView>("PUT", "/privacy/policy", { body: policy });
}

/** What the rules would delete today; null asks for the stored ones, fields included. */
export function retentionPreviewQuery(rules: Pick<Rules, "media" | "messages" | "contacts"> | null) {
  const query =
    rules === null
      ? {}
      : { media_days: rules.media, messages_days: rules.messages, contacts_days: rules.contacts };
  return queryOptions({
    queryKey: [...privacyKeys.preview, query],
    queryFn: ({ signal }) =>
      request<RetentionPreview>("GET", "/privacy/retention/preview", { query, signal }),
  });
}

const PER_PAGE = 20;
/** An erasure takes seconds; whoever waits looks at the ledger. */
const LOOK_AGAIN_MS = 2000;

export const erasuresQuery = infiniteQueryOptions({
  queryKey: privacyKeys.erasures,
  queryFn: ({ pageParam, signal }) =>
    request<ErasurePage>("GET", "/privacy/erasures", {
      signal,
      query: { cursor: pageParam, limit: PER_PAGE },
    }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: ({ state }) =>
    state.data?.pages.some((page) => page.items.some((item) => item.state === "pending")) === true
      ? LOOK_AGAIN_MS
      : false,
});

export function searchErasures(identity: string): Promise<ErasureView[]> {
  const body: ErasureSearch = { identity };
  return request<ErasureView[]>("POST", "/privacy/erasures/search", { body });
}

/** Of a finished erasure. It never changes. */
export function certificateQuery(id: string) {
  return queryOptions({
    queryKey: [...privacyKeys.erasures, id, "certificate"],
    queryFn: ({ signal }) =>
      request<ErasureCertificate>("GET", `/privacy/erasures/${id}/certificate`, { signal }),
    staleTime: Infinity,
  });
}

/** The page that stands alone, to keep and print. */
export async function downloadCertificate(id: string, fileName: string): Promise<void> {
  saveFile(await fetchFile(`/privacy/erasures/${id}/certificate?format=html`), fileName);
}
