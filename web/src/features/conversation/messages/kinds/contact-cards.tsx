import { Copy, Mail, Phone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/components/avatar";
import type { ContactCard } from "../content";
import { linkAt } from "../text/links";
import { useCopy } from "../use-copy";
import classes from "./contact-cards.module.css";

// A customer may send 257 cards in one message (Cloud API, read 2026-11).
const CARDS_SHOWN = 3;

export function ContactCards({ cards }: { cards: ContactCard[] }) {
  const { t } = useTranslation("messages");
  const [unfolded, setUnfolded] = useState(false);
  const shown = unfolded ? cards : cards.slice(0, CARDS_SHOWN);
  return (
    <ul className={classes.cards}>
      {shown.map((card, index) => (
        <li key={index}>
          <Card card={card} />
        </li>
      ))}
      {shown.length < cards.length && (
        <li>
          <button type="button" className={classes.more} onClick={() => setUnfolded(true)}>
            {t("contacts.more", { count: cards.length - shown.length })}
          </button>
        </li>
      )}
    </ul>
  );
}

function Card({ card }: { card: ContactCard }) {
  const { t } = useTranslation("messages");
  const name = card.name === "" ? t("contacts.unnamed") : card.name;
  return (
    <div className={classes.card}>
      <div className={classes.head}>
        <Avatar id={name} name={name} size={36} />
        <span className={classes.words}>
          <strong dir="auto">{name}</strong>
          {card.company !== null && <span>{card.company}</span>}
        </span>
      </div>
      {card.phones.map((entry) => (
        <PhoneLine key={entry.phone} phone={entry.phone} />
      ))}
      {card.emails.map((email) => (
        <div key={email} className={classes.line}>
          <Mail size={15} aria-hidden />
          <span>{email}</span>
        </div>
      ))}
      {card.urls.map((url) => (
        <Site key={url} url={url} />
      ))}
    </div>
  );
}

function PhoneLine({ phone }: { phone: string }) {
  const { t } = useTranslation("messages");
  const { copied, copy } = useCopy();
  return (
    <div className={classes.line}>
      <Phone size={15} aria-hidden />
      <span>{phone}</span>
      <button type="button" aria-label={t("contacts.copyPhone", { phone })} onClick={() => copy(phone)}>
        <Copy size={14} aria-hidden />
        <span aria-live="polite">{copied ? t("copied") : t("copy")}</span>
      </button>
    </div>
  );
}

function Site({ url }: { url: string }) {
  const link = linkAt(url, 0);
  if (link === null) return null;
  return (
    <a className={classes.site} href={link.href} target="_blank" rel="noopener noreferrer nofollow">
      {link.text}
    </a>
  );
}
