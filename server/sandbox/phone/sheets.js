// Dialogs: a new customer, a list's rows, a contact to share, a picture, the details on small screens.

import { el, iconButton } from "./dom.js";
import { t } from "./texts.js";

const sheet = document.getElementById("sheet");
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close();
});

function open(...children) {
  sheet.className = "sheet";
  sheet.replaceChildren(...children);
  sheet.showModal();
}

export function closeSheet() {
  if (sheet.open) sheet.close();
}

function head(title) {
  return el("div", { class: "head" }, el("h2", {}, title), iconButton("close", t("close"), closeSheet));
}

function field(label, attributes) {
  return el("label", { class: "field" }, label, el("input", attributes));
}

function actions(label) {
  return el("div", { class: "actions" }, el("button", { type: "button", class: "button", onclick: closeSheet }, t("cancel")), el("button", { type: "submit", class: "button primary" }, label));
}

export function viewPicture(url) {
  sheet.className = "sheet viewer";
  sheet.replaceChildren(el("img", { src: url, alt: t("enlarged") }), iconButton("close", t("close"), closeSheet));
  sheet.showModal();
}

export function askCustomer(onDone) {
  const phone = field(t("phone"), { name: "phone", inputmode: "tel", placeholder: "11 98765-4321", autocomplete: "off" });
  const username = field(t("username"), { name: "username", placeholder: "ana.souza", autocomplete: "off" });
  username.hidden = true;
  const only = el("input", { type: "checkbox", name: "only" });
  const refused = el("p", { class: "refused", role: "alert" });
  only.addEventListener("change", () => {
    phone.hidden = only.checked;
    username.hidden = !only.checked;
  });
  const form = el("form", {}, head(t("newCustomer")), field(t("name"), { name: "name", required: true, autocomplete: "off", autofocus: true }), phone,
    el("label", { class: "setting" }, el("span", {}, t("usernameOnly"), el("small", {}, t("usernameHint"))), only), username, refused, actions(t("create")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const name = String(values.get("name")).trim();
    if (only.checked) {
      const chosen = String(values.get("username")).trim().replace(/^@/, "").replace(/\s+/g, ".");
      if (!chosen) return username.querySelector("input").focus();
      closeSheet();
      return onDone({ name, username: chosen });
    }
    const digits = String(values.get("phone")).replace(/\D/g, "");
    // Ten or eleven digits are a Brazilian number without the country.
    const full = digits.length <= 11 && digits.length >= 10 ? `55${digits}` : digits;
    if (full.length < 11 || full.length > 15) {
      refused.textContent = t("phoneBad");
      return phone.querySelector("input").focus();
    }
    closeSheet();
    return onDone({ name, wa_id: full });
  });
  open(form);
}

export function askRow(message, onChosen) {
  const rows = [];
  for (const section of message.content.action.sections) {
    if (section.title) rows.push(el("p", { class: "section" }, section.title));
    for (const row of section.rows) {
      rows.push(el("button", { type: "button", class: "choice", "data-testid": "phone-row", onclick: () => {
        closeSheet();
        onChosen(row);
      } }, el("b", {}, row.title), row.description ? el("span", {}, row.description) : ""));
    }
  }
  open(el("div", { class: "stack" }, head(message.content.action.button), ...rows));
}

export function askContact(onDone) {
  const form = el("form", {}, head(t("contact")), field(t("contactName"), { name: "name", required: true, value: "Beatriz Nogueira", autofocus: true }),
    field(t("contactPhone"), { name: "phone", required: true, value: "+55 11 90000-0002", inputmode: "tel" }), actions(t("share")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(form);
    closeSheet();
    onDone({ name: String(values.get("name")), phone: String(values.get("phone")) });
  });
  open(form);
}

export function showDetails(children) {
  open(el("div", { class: "details-inner" }, head(t("details")), ...children));
}
