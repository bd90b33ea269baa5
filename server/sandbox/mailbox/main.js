// The mailbox page: a list that grows by itself, and the chosen mail. The address names the mail: #id.

import { avatar, el, icon } from "/phone/files/dom.js";
import { currentLanguage, formatListTime, formatWhen, setLanguage, t, translatePage } from "./texts.js";

const byId = (id) => document.getElementById(id);
const state = { mails: [], open: null, shown: "html", loaded: false };

async function read(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

async function refresh() {
  state.mails = await read("/mailbox/api/mails");
  state.loaded = true;
  drawList();
  await openNamed();
}

async function openNamed() {
  const id = location.hash.slice(1);
  if (id && state.open?.id === id) return;
  const known = state.mails.some((mail) => mail.id === id);
  state.open = known ? await read(`/mailbox/api/mails/${encodeURIComponent(id)}`) : null;
  if (state.open) state.shown = state.open.has_html ? "html" : "text";
  drawList();
  drawMail();
}

function drawList() {
  byId("clear").hidden = !state.mails.length;
  byId("mails").replaceChildren(...state.mails.map(row));
}

function row(mail) {
  const button = el(
    "button",
    { type: "button", class: "row", "aria-current": state.open?.id === mail.id ? "true" : undefined, "data-testid": "mailbox-row", onclick: () => { location.hash = mail.id; } },
    avatar(mail.to, mail.to),
    el("span", { class: "to" }, mail.to),
    el("time", { datetime: new Date(mail.at * 1000).toISOString() }, formatListTime(mail.at)),
    el("span", { class: "subject" }, mail.subject || t("noSubject")),
    el("span", { class: "preview" }, mail.preview),
  );
  return el("li", {}, button);
}

function drawMail() {
  const mail = state.open;
  document.body.dataset.view = mail ? "mail" : "list";
  byId("mail").hidden = !mail;
  byId("empty").hidden = Boolean(mail) || !state.loaded;
  byId("empty-title").textContent = t(state.mails.length ? "chooseTitle" : "noneTitle");
  byId("empty-text").textContent = t(state.mails.length ? "chooseText" : "noneText");
  if (!mail) return;
  byId("mail-subject").textContent = mail.subject || t("noSubject");
  byId("mail-to").textContent = mail.to;
  byId("mail-at").textContent = formatWhen(mail.at);
  byId("shown").hidden = !mail.has_html;
  for (const button of document.querySelectorAll("[data-shown]")) button.setAttribute("aria-pressed", String(button.dataset.shown === state.shown));
  const frame = byId("mail-html");
  const address = `/mailbox/api/mails/${encodeURIComponent(mail.id)}/html`;
  frame.hidden = state.shown !== "html";
  if (!frame.hidden && frame.getAttribute("src") !== address) frame.setAttribute("src", address);
  byId("mail-text").hidden = state.shown !== "text";
  byId("mail-text").replaceChildren(...linked(mail.text));
}

/** The text with its addresses as links. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((piece, place) =>
    place % 2 ? el("a", { href: piece, target: "_blank", rel: "noreferrer" }, piece) : piece,
  );
}

function listen() {
  const source = new EventSource("/mailbox/api/events");
  source.onmessage = () => void refresh().catch(() => undefined);
  source.onopen = () => { byId("offline").hidden = true; };
  source.onerror = () => { byId("offline").hidden = false; };
}

function remember(name, value) {
  try {
    localStorage.setItem(`prosa.phone.${name}`, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

function recall(name) {
  try {
    return localStorage.getItem(`prosa.phone.${name}`);
  } catch {
    return null;
  }
}

function drawAll() {
  translatePage();
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === currentLanguage()));
  byId("theme").replaceChildren(icon(document.documentElement.dataset.theme === "dark" ? "sun" : "moon"));
  drawList();
  drawMail();
}

function wire() {
  byId("clear").append(icon("trash"));
  byId("back").append(icon("back"));
  byId("back").addEventListener("click", () => { location.hash = ""; });
  byId("clear").addEventListener("click", () => void read("/mailbox/api/mails", { method: "DELETE" }));
  byId("theme").addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    remember("theme", next);
    drawAll();
  });
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => {
      setLanguage(button.dataset.lang);
      remember("language", button.dataset.lang);
      drawAll();
    });
  }
  for (const button of document.querySelectorAll("[data-shown]")) {
    button.addEventListener("click", () => {
      state.shown = button.dataset.shown;
      drawMail();
    });
  }
  window.addEventListener("hashchange", () => void openNamed());
}

// The phone page's choices hold here too.
const query = new URLSearchParams(location.search);
document.documentElement.dataset.theme = query.get("theme") ?? recall("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
setLanguage(query.get("lang") ?? recall("language") ?? (navigator.language.startsWith("en") ? "en" : "pt-BR"));
wire();
drawAll();
listen();
