import { useTranslation } from "react-i18next";
import { isEmptyValue } from "@/features/settings/audit/model/changes";
import { useNames } from "@/features/settings/audit/use-names";
import { fullTime } from "@/lib/time/format";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
/** Enough to tell two ids of one page apart. */
const ID_SHOWN = 8;

interface Values {
  /** What a field is called. */
  label: (path: readonly string[]) => string;
  /** What is in it: one word, or one of several. */
  words: (value: unknown) => string[];
}

/** Fields and values of entries as people read them: names for ids, words for codes, dates as dates. */
export function useValues(): Values {
  const { t, i18n } = useTranslation("audit");
  const { t: app } = useTranslation("app");
  const { t: permissions } = useTranslation("permissions");
  const names = useNames();

  const label = (path: readonly string[]) =>
    path
      .map((name) =>
        i18n.exists(`fields.${name}`, { ns: "audit" })
          ? t(`fields.${name as "name"}`)
          : name.replaceAll("_", " "),
      )
      .join(" › ");

  const word = (value: unknown): string => {
    if (isEmptyValue(value)) return t("changes.empty");
    if (typeof value === "boolean") return t(value ? "values.yes" : "values.no");
    if (typeof value === "number") return new Intl.NumberFormat(i18n.language).format(value);
    if (typeof value !== "string") return JSON.stringify(value);
    if (UUID.test(value)) return names.get(value) ?? value.slice(0, ID_SHOWN);
    if (MOMENT.test(value)) return fullTime(value, i18n.language);
    if (i18n.exists(`words.${value}`, { ns: "audit" })) return t(`words.${value as "totp"}`);
    if (i18n.exists(`account.roles.${value}`, { ns: "app" })) return app(`account.roles.${value as "admin"}`);
    if (i18n.exists(`names.${value}.title`, { ns: "permissions" }))
      return permissions(`names.${value as "audit.view"}.title`);
    return value;
  };

  return {
    label,
    words: (value) => (Array.isArray(value) && value.length > 0 ? value.map(word) : [word(value)]),
  };
}
