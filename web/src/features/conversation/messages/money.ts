/** Sums of orders. Pure. */
import type { OrderItem } from "./content";

/** "R$ 1.234,50"; a currency that the browser does not know is printed behind the figure. */
export function money(amount: number, currency: string, locale: string): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
  } catch {
    return `${new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(amount)} ${currency}`.trim();
  }
}

/** Sum and currency, or null when a price is missing or the currencies differ. */
export function orderTotal(items: OrderItem[]): { amount: number; currency: string } | null {
  const currency = items[0]?.currency;
  if (currency === undefined) return null;
  let amount = 0;
  for (const item of items) {
    if (item.price === null || item.currency !== currency) return null;
    amount += item.price * item.quantity;
  }
  return { amount, currency };
}
