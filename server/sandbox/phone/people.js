// The list of customers on the left.

import { avatar, el } from "./dom.js";
import { summarise } from "./summary.js";
import { formatListTime, formatPhone, t } from "./texts.js";

export function displayName(customer) {
  return customer.name || formatPhone(customer.wa_id) || `@${customer.username}`;
}

export function displayAddress(customer) {
  return customer.wa_id ? formatPhone(customer.wa_id) : customer.username ? `@${customer.username}` : customer.user_id;
}

export function renderPeople(list, customers, chosenKey, filter, onChoose) {
  const wanted = filter.trim().toLowerCase();
  const shown = customers.filter((each) => !wanted || `${each.name} ${each.wa_id} ${each.username}`.toLowerCase().includes(wanted));
  if (!shown.length) {
    list.replaceChildren(el("li", { class: "people-none" }, t(customers.length ? "none" : "noneYet")));
    return;
  }
  list.replaceChildren(...shown.map((customer) => el("li", {}, buildPerson(customer, customer.key === chosenKey, onChoose))));
}

function buildPerson(customer, chosen, onChoose) {
  const last = customer.last;
  const preview = el("span", { class: "preview" });
  if (last) {
    if (last.direction === "inbound") preview.append(el("span", { class: "you" }, `${t("you")}: `));
    preview.append(summarise(last).replace(/\s+/g, " "));
  } else {
    preview.append(displayAddress(customer));
  }
  return el("button", { type: "button", class: "person", "data-testid": "phone-customer", "data-key": customer.key, "aria-current": chosen ? "true" : "false", onclick: () => onChoose(customer.key) },
    avatar(displayName(customer), customer.key),
    el("span", { class: "name" }, displayName(customer)),
    el("time", {}, customer.last_at ? formatListTime(customer.last_at) : ""),
    preview,
    customer.unread ? el("span", { class: "badge", "aria-label": `${customer.unread} ${t("unread")}` }, String(customer.unread)) : el("span"));
}
