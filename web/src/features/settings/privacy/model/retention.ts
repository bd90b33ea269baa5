import type { RetentionPolicy, RetentionPreview } from "@/lib/wire/openapi.gen";

/** Days after which a kind of data goes; null keeps it. As RetentionPolicy, nothing left out. */
export interface Rules {
  media: number | null;
  messages: number | null;
  contacts: number | null;
  fields: Readonly<Record<string, number>>;
}

export type Kind = "media" | "messages" | "contacts";
export const KINDS: readonly Kind[] = ["media", "messages", "contacts"];

/** As RetentionPolicy of the server. */
export const LEAST_DAYS: Readonly<Record<Kind | "field", number>> = {
  media: 7,
  messages: 7,
  contacts: 30,
  field: 1,
};
export const MOST_DAYS = 3650;
/** Fields of the contact that every contact has; others are the company's own. */
export const KNOWN_FIELDS = ["username", "profile_name"] as const;

export function parseRules(policy: RetentionPolicy | undefined): Rules {
  return {
    media: policy?.media_days ?? null,
    messages: policy?.messages_days ?? null,
    contacts: policy?.contacts_days ?? null,
    fields: policy?.contact_fields_days ?? {},
  };
}

export function wireRules(rules: Rules): Required<RetentionPolicy> {
  return {
    media_days: rules.media,
    messages_days: rules.messages,
    contacts_days: rules.contacts,
    contact_fields_days: { ...rules.fields },
  };
}

export function isSameRules(one: Rules, other: Rules): boolean {
  const plain = (rules: Rules) =>
    JSON.stringify([
      ...KINDS.map((kind) => rules[kind]),
      Object.entries(rules.fields).toSorted(([a], [b]) => a.localeCompare(b)),
    ]);
  return plain(one) === plain(other);
}

function isShorter(days: number | null | undefined, than: number | null | undefined): boolean {
  return typeof days === "number" && (typeof than !== "number" || days < than);
}

/** Whether something goes that would have stayed. */
export function areShorter(rules: Rules, than: Rules): boolean {
  return (
    KINDS.some((kind) => isShorter(rules[kind], than[kind])) ||
    Object.entries(rules.fields).some(([name, days]) => isShorter(days, than.fields[name]))
  );
}

export function areValid(rules: Rules): boolean {
  const fits = (days: number | null, least: number) =>
    days === null || (Number.isInteger(days) && days >= least && days <= MOST_DAYS);
  return (
    KINDS.every((kind) => fits(rules[kind], LEAST_DAYS[kind])) &&
    Object.values(rules.fields).every((days) => fits(days, LEAST_DAYS.field))
  );
}

/** What to count: nothing when nothing would go, the stored rules as they are (null), or these. */
export function whatToCount(rules: Rules, stored: Rules): { rules: Rules | null; isEmpty: boolean } {
  const isEmpty = KINDS.every((kind) => rules[kind] === null);
  const isStored = KINDS.every((kind) => rules[kind] === stored[kind]);
  return { rules: isStored ? null : rules, isEmpty: isEmpty && !isStored };
}

export function countOf(preview: RetentionPreview, kind: Kind): number {
  return { media: preview.files, messages: preview.messages, contacts: preview.contacts }[kind];
}
