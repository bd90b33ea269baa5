import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { retentionPreviewQuery } from "@/features/settings/privacy/api";
import {
  KINDS,
  areValid,
  countOf,
  whatToCount,
  type Kind,
  type Rules,
} from "@/features/settings/privacy/model/retention";
import { formatSize } from "@/lib/format-size";
import type { RetentionPreview } from "@/lib/wire/openapi.gen";

export interface Count {
  sentence: string;
  /** Whether anything would go. */
  deletes: boolean;
}

interface Counts {
  /** What a kind's rule would delete today; null where everything is kept. */
  of: (kind: Kind) => Count | null;
  /** The same of a field whose rule is stored; the server counts no others. */
  ofField: (name: string) => Count | null;
  /** All of it, for a question; null when it is nothing or not known. */
  all: string | null;
}

/** Counting reads the account's history: not at every key. */
const PAUSE_MS = 400;

export function useCounts(rules: Rules, stored: Rules): Counts {
  const { t, i18n } = useTranslation("privacy");
  const settled = useSettled(rules);
  const { rules: asked, isEmpty } = whatToCount(settled, stored);
  const query = useQuery({ ...retentionPreviewQuery(asked), enabled: !isEmpty && areValid(settled) });
  const preview = isEmpty ? undefined : query.data;

  const number = (count: number) => new Intl.NumberFormat(i18n.language).format(count);
  const words = (kind: Kind, found: RetentionPreview): string | null => {
    const count = countOf(found, kind);
    if (count === 0) return null;
    const size = formatSize(found.file_bytes, i18n.language);
    const values = { count, replace: { count: number(count), size } };
    const what = {
      media: () => t("retention.counted.files", values),
      messages: () => t("retention.counted.messages", values),
      contacts: () => t("retention.counted.contacts", values),
    }[kind]();
    return found.is_capped ? t("retention.capped", { what }) : what;
  };
  const count = (what: string | null): Count =>
    what === null
      ? { sentence: t("retention.previewNone"), deletes: false }
      : { sentence: t("retention.preview", { what }), deletes: true };

  const parts = preview ? KINDS.map((kind) => words(kind, preview)).filter((part) => part !== null) : [];
  const last = parts.at(-1) ?? null;
  return {
    of: (kind) => {
      if (rules[kind] === null || !areValid(rules)) return null;
      if (query.isError) return { sentence: t("retention.previewTrouble"), deletes: false };
      return preview === undefined || settled !== rules
        ? { sentence: t("retention.previewBusy"), deletes: false }
        : count(words(kind, preview));
    },
    ofField: (name) => {
      const days = rules.fields[name];
      if (days === undefined || days !== stored.fields[name] || asked !== null || preview === undefined)
        return null;
      const found = preview.fields[name] ?? 0;
      return count(found === 0 ? null : t("retention.counted.fieldValues", { count: found }));
    },
    all:
      last === null || parts.length < 2
        ? last
        : t("retention.and", { head: parts.slice(0, -1).join(", "), last }),
  };
}

/** What it was when it had not changed for a moment. */
function useSettled(rules: Rules): Rules {
  const [settled, setSettled] = useState(rules);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(rules), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [rules]);
  return settled;
}
