import { useTranslation } from "react-i18next";
import type { AuditEntryView } from "@/lib/wire/openapi.gen";

export interface Sentence {
  /** Who did it. */
  who: string;
  /** Whom they stood in for. */
  insteadOf: string | null;
  /** What they did, around what they did it to. */
  before: string;
  target: string;
  after: string;
  /** In which companies, where the record is of more than one. */
  where: string | null;
  /** Why, in words. */
  reason: string | null;
}

/** Where the target goes: a character that no name holds. */
const MARK = "\u0001";

/** An entry in words; a later version's actions too, by their own name. */
export function useSentence(): (entry: AuditEntryView) => Sentence {
  const { t, i18n } = useTranslation("audit");
  const knows = (key: string) => i18n.exists(key, { ns: "audit" });

  const targetOf = (entry: AuditEntryView): string => {
    const own = [
      entry.target_name,
      entry.after?.name,
      entry.before?.name,
      entry.after?.email,
      entry.before?.email,
    ];
    const name = own.find((value) => typeof value === "string" && value !== "");
    if (typeof name === "string") return name;
    const kind = entry.target_kind === "" ? "none" : entry.target_kind;
    return knows(`targets.${kind}`) ? t(`targets.${kind as "contact"}`) : kind;
  };

  const whoOf = ({ who }: AuditEntryView): string => {
    if (who.kind === "system") return t("who.system");
    if (who.kind === "anonymous") return t("who.anonymous");
    return who.name === "" ? t("who.somebody") : who.name;
  };

  const reasonOf = (entry: AuditEntryView): string | null => {
    const reason = entry.after?.reason;
    if (typeof reason !== "string" || reason === "") return null;
    return knows(`reasons.${reason}`) ? t(`reasons.${reason as "expired"}`) : reason;
  };

  const whereOf = ({ accounts, target_kind: kind }: AuditEntryView): string | null => {
    // What is done to a company itself names it already.
    if (accounts.length === 0 || kind === "account") return null;
    const names = new Intl.ListFormat(i18n.language).format(accounts.map(({ name }) => name));
    return t("inAccounts", { names });
  };

  return (entry) => {
    const { action } = entry;
    const key = knows(`actions.${action}`)
      ? (`actions.${action}` as "actions.member.removed")
      : entry.target_kind === ""
        ? "unknownAction"
        : "unknownActionOn";
    const [before = "", after] = t(key, { action, target: MARK }).split(MARK);
    const isInstead = entry.who.impersonator_id !== null;
    return {
      who: isInstead ? entry.who.impersonator_name || t("who.somebody") : whoOf(entry),
      insteadOf: isInstead ? whoOf(entry) : null,
      before,
      target: after === undefined ? "" : targetOf(entry),
      after: after ?? "",
      where: whereOf(entry),
      reason: reasonOf(entry),
    };
  };
}
