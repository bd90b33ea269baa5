import { ExternalLink, MapPin } from "lucide-react";
import { useTranslation } from "react-i18next";
import { mapStreets } from "./map-streets";
import classes from "./location-card.module.css";

interface LocationCardProps {
  latitude: number;
  longitude: number;
  name: string | null;
  address: string | null;
  href: string | null;
}

/** A drawn map instead of tiles: nobody outside learns where customers are until the operator asks for the map. */
export function LocationCard({ latitude, longitude, name, address, href }: LocationCardProps) {
  const { t } = useTranslation("messages");
  const coordinates = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const title = name ?? address ?? t("location.shared");
  const map = `https://www.google.com/maps/search/?api=1&query=${latitude},${longitude}`;
  return (
    <div className={classes.card}>
      <a className={classes.map} href={map} target="_blank" rel="noopener noreferrer" aria-label={t("location.open", { title })}>
        <svg viewBox="0 0 300 132" preserveAspectRatio="xMidYMid slice" aria-hidden>
          {mapStreets(latitude, longitude).map((street, index) => (
            <path key={index} d={street.path} className={classes[street.kind]} />
          ))}
        </svg>
        <span className={classes.pin}>
          <MapPin size={34} strokeWidth={1.75} aria-hidden />
        </span>
      </a>
      <div className={classes.words}>
        <strong>{title}</strong>
        {name !== null && address !== null && <span>{address}</span>}
        <span className={classes.coordinates}>{coordinates}</span>
        {href !== null && (
          <a className={classes.site} href={href} target="_blank" rel="noopener noreferrer nofollow">
            <ExternalLink size={13} aria-hidden />
            {new URL(href).hostname}
          </a>
        )}
      </div>
    </div>
  );
}
