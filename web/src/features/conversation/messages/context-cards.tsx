import { Forward, Megaphone, ShoppingBag } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asRecord, asText } from "./json";
import { safeWebAddress } from "./text/links";
import classes from "./context-cards.module.css";

export function ForwardedMark({ frequently }: { frequently: boolean }) {
  const { t } = useTranslation("messages");
  return (
    <span className={classes.forwarded}>
      <Forward size={13} aria-hidden />
      {t(frequently ? "context.frequentlyForwarded" : "context.forwarded")}
    </span>
  );
}

/** The ad or post that brought the customer here: Meta's keys, all of which may be missing. */
export function ReferralCard({ referral }: { referral: Record<string, unknown> }) {
  const { t } = useTranslation("messages");
  const headline = asText(referral.headline);
  const body = asText(referral.body);
  const href = safeWebAddress(asText(referral.source_url) ?? "");
  const picture = safeWebAddress(asText(referral.image_url) ?? asText(referral.thumbnail_url) ?? "");
  const source = t(referral.source_type === "post" ? "context.post" : "context.ad");
  return (
    <div className={classes.referral}>
      {picture !== null && <img src={picture} alt="" loading="lazy" referrerPolicy="no-referrer" />}
      <div className={classes.words}>
        <span className={classes.kicker}>
          <Megaphone size={13} aria-hidden />
          {source}
        </span>
        {headline !== null && <strong dir="auto">{headline}</strong>}
        {body !== null && <p dir="auto">{body}</p>}
        {href !== null && (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow">
            {t("context.openSource", { host: new URL(href).hostname.replace(/^www\./, "") })}
          </a>
        )}
      </div>
    </div>
  );
}

/** The customer asks about a product of the catalogue. */
export function ProductInquiry({ product }: { product: Record<string, unknown> }) {
  const { t } = useTranslation("messages");
  const fields = asRecord(product);
  const productId = asText(fields.product_id) ?? asText(fields.product_retailer_id);
  return (
    <div className={classes.product}>
      <ShoppingBag size={18} aria-hidden />
      <span>
        <small>{t("context.product")}</small>
        {productId ?? t("order.unnamed")}
      </span>
    </div>
  );
}
