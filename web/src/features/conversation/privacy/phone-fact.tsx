import { Eye, EyeOff } from "lucide-react";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyValue } from "@/features/conversation/components/copy-value";
import styles from "@/features/conversation/components/context-panel.module.css";
import { RevealDialog } from "@/features/conversation/privacy/parts";
import { useMay } from "@/lib/permissions";
import type { ContactView } from "@/lib/wire/openapi.gen";

/** Long enough to dial; then the screen is as safe as it was. */
const SHOWN_MS = 60_000;

/** A customer's number: whole, or masked with one look at it, on record, for whoever may. */
export function PhoneFact({ contact }: { contact: ContactView }) {
  const { t } = useTranslation("app");
  const mayReveal = useMay("contacts.reveal");
  const maySee = useMay("contacts.phones");
  const [asking, setAsking] = useState(false);
  const [phone, setPhone] = useState<string | null>(null);
  useEffect(() => {
    if (phone === null) return;
    const timer = setTimeout(() => setPhone(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [phone]);

  if (contact.phone === null) return t("panel.noPhone");
  if (contact.phone_masked !== true) return <CopyValue value={contact.phone} label={t("panel.copyPhone")} />;
  if (phone !== null) {
    return (
      <>
        <CopyValue value={phone} label={t("panel.copyPhone")} />
        <button type="button" className={styles.inline} onClick={() => setPhone(null)}>
          <EyeOff size={14} aria-hidden="true" />
          {t("panel.hidePhone")}
        </button>
      </>
    );
  }
  return (
    <>
      {contact.phone}
      {(mayReveal || maySee) && (
        <button type="button" className={styles.inline} onClick={() => setAsking(true)}>
          <Eye size={14} aria-hidden="true" />
          {t("panel.revealPhone")}
        </button>
      )}
      {asking && (
        <Suspense>
          <RevealDialog contactId={contact.id} onRevealed={setPhone} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  );
}
