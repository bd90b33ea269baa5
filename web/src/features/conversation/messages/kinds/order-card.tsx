import { ShoppingBag } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { OrderItem } from "../content";
import { money, orderTotal } from "../money";
import { TextBody } from "../text/text-body";
import classes from "./order-card.module.css";

export function OrderCard({ items, text }: { items: OrderItem[]; text: string | null }) {
  const { t, i18n } = useTranslation("messages");
  const total = orderTotal(items);
  return (
    <div className={classes.order}>
      <div className={classes.head}>
        <ShoppingBag size={18} aria-hidden />
        <strong>{t("order.title")}</strong>
        <span>{t("order.items", { count: items.length })}</span>
      </div>
      <ul>
        {items.map((item, index) => (
          <li key={index}>
            <span className={classes.quantity}>{new Intl.NumberFormat(i18n.language).format(item.quantity)}×</span>
            <span className={classes.product}>{item.productId === "" ? t("order.unnamed") : item.productId}</span>
            <span className={classes.price}>
              {item.price === null ? "–" : money(item.price * item.quantity, item.currency, i18n.language)}
            </span>
          </li>
        ))}
      </ul>
      {total !== null && (
        <div className={classes.total}>
          <span>{t("order.total")}</span>
          <strong>{money(total.amount, total.currency, i18n.language)}</strong>
        </div>
      )}
      {text !== null && (
        <div className={classes.note}>
          <TextBody body={text} />
        </div>
      )}
    </div>
  );
}
