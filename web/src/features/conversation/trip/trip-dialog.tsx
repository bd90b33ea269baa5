import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/dialog";
import { Loaded } from "@/components/loaded";
import { tripQuery } from "@/features/conversation/trip/api";
import styles from "@/features/conversation/trip/trip.module.css";
import { formatMs } from "@/lib/time/format-ms";
import type { MessageTripView } from "@/lib/wire/openapi.gen";
import type { MessageView } from "@/lib/wire/protocol.gen";

/** How a message travelled: received, stored, pushed, shown, with what each leg took. */
export function TripDialog({ message, onClose }: { message: MessageView; onClose: () => void }) {
  const { t } = useTranslation("messages");
  const query = useQuery(tripQuery(message));
  return (
    <Dialog title={t("trip.title")} lead={t("trip.lead")} size={400} onClose={onClose}>
      <Loaded query={query}>{(trip) => <Trip trip={trip} />}</Loaded>
    </Dialog>
  );
}

interface Stop {
  name: "received" | "stored" | "pushed" | "painted";
  at: string | null;
  /** What the leg to here took. */
  ms: number | null;
}

function Trip({ trip }: { trip: MessageTripView }) {
  const { t, i18n } = useTranslation("messages");
  const stops: Stop[] = [
    { name: "received", at: trip.received_at, ms: null },
    { name: "stored", at: trip.stored_at, ms: trip.store_ms },
    { name: "pushed", at: trip.pushed_at, ms: trip.push_ms },
    { name: "painted", at: trip.painted_at, ms: trip.paint_ms },
  ];
  return (
    <>
      <ol className={styles.stops}>
        {stops.map(({ name, at, ms }) => (
          <li key={name} data-reached={at === null ? undefined : true}>
            <strong>{t(`trip.${name}`)}</strong>
            <span>{at === null ? t(`trip.${name}Missing`) : exactTime(at, i18n.language)}</span>
            {ms !== null && <b>+ {formatMs(ms, i18n.language)}</b>}
          </li>
        ))}
      </ol>
      {trip.whole_ms !== null && (
        <p className={styles.whole}>
          {t("trip.whole")} <b>{formatMs(trip.whole_ms, i18n.language)}</b>
        </p>
      )}
    </>
  );
}

/** To the millisecond: that is what this is about. */
function exactTime(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    day: "2-digit",
    month: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  }).format(new Date(iso));
}
