import { queryOptions } from "@tanstack/react-query";
import { request } from "@/lib/http/client";
import type {
  ConsentBody,
  ConsentView,
  ContactConsents,
  EraseBody,
  ErasureView,
  ExportView,
  RevealBody,
  RevealedPhone,
} from "@/lib/wire/openapi.gen";

export function consentsQuery(contactId: string) {
  return queryOptions({
    queryKey: ["contacts", contactId, "consents"],
    queryFn: ({ signal }) => request<ContactConsents>("GET", `/contacts/${contactId}/consents`, { signal }),
  });
}

export function recordConsent(contactId: string, body: ConsentBody): Promise<ConsentView> {
  return request<ConsentView>("POST", `/contacts/${contactId}/consents`, { body });
}

export function revealPhone(contactId: string, reason: string): Promise<RevealedPhone> {
  const body: RevealBody = { field: "phone", reason };
  return request<RevealedPhone>("POST", `/contacts/${contactId}/reveal`, { body });
}

export function exportContact(contactId: string): Promise<ExportView> {
  return request<ExportView>("POST", `/contacts/${contactId}/export`);
}

export function eraseContact(contactId: string, body: EraseBody): Promise<ErasureView> {
  return request<ErasureView>("POST", `/contacts/${contactId}/erase`, { body });
}
