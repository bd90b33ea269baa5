// Who you are, whom you talk to, and what the signs mean.

import { ticks } from "./bubbles.js";
import { avatar, el } from "./dom.js";
import { displayAddress, displayName } from "./people.js";
import { t } from "./texts.js";

/** `on`: {change(form), chooseNumber(id)} */
export function buildDetails(customer, numbers, numberId, on) {
  const parts = [];
  if (customer) {
    parts.push(el("div", { class: "card" }, avatar(displayName(customer), customer.key), el("strong", {}, displayName(customer)), displayAddress(customer) === displayName(customer) ? "" : el("span", {}, displayAddress(customer)), el("code", { title: t("bsuid") }, customer.user_id)));
  }
  if (numbers.length > 1) {
    const select = el("select", { onchange: () => on.chooseNumber(select.value), "data-testid": "phone-number" }, ...numbers.map((each) => el("option", { value: each.id, selected: each.id === numberId }, `${each.name} · ${each.phone}`)));
    parts.push(el("label", { class: "field" }, t("number"), select));
  }
  if (customer) {
    const name = el("input", { value: customer.name, autocomplete: "off", "data-testid": "phone-name" });
    name.addEventListener("change", () => name.value.trim() && on.change({ name: name.value.trim() }));
    parts.push(el("label", { class: "field" }, t("name"), name));
    parts.push(el("div", {}, toggle(t("receipts"), t("receiptsHint"), customer.receipts, (value) => on.change({ receipts: value })), toggle(t("block"), t("blockHint"), customer.behaviour === "blocked", (value) => on.change({ behaviour: value ? "blocked" : "normal" }))));
  }
  parts.push(el("div", {}, el("h3", { class: "group-title" }, t("legend")), el("div", { class: "legend" }, ticks("pending"), t("waiting"), ticks("sent"), t("accepted"), ticks("read"), t("read"))));
  const key = (name, text) => el("span", {}, el("kbd", {}, name), ` ${text}`);
  parts.push(el("div", {}, el("h3", { class: "group-title" }, t("keys")), el("div", { class: "keys" }, key("Enter", t("keySend")), key("Shift + Enter", t("keyLine")), key("M", t("keyMenu")))));
  return parts;
}

function toggle(label, hint, value, onchange) {
  const box = el("input", { type: "checkbox", checked: value });
  box.addEventListener("change", () => onchange(box.checked));
  return el("label", { class: "setting" }, el("span", {}, label, el("small", {}, hint)), box);
}
