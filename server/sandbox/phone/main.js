// The phone page: state, live events, and the wiring of its parts.
//
// The address holds the open chat (?customer=…&number=…). A live connection tells the sandbox that this chat is on
// a screen; whenever it (re)opens, the chat is read again, so that nothing is missing after a break.

import { api, listen } from "./api.js";
import { buildMessage } from "./bubbles.js";
import { createComposer } from "./composer.js";
import { buildDetails } from "./details.js";
import { el, icon, initials, tone } from "./dom.js";
import { closeMenu, openMessageMenu } from "./menus.js";
import { renderPeople } from "./people.js";
import { askCustomer, askRow, closeSheet, showDetails, viewPicture } from "./sheets.js";
import { currentLanguage, formatDay, formatTime, setLanguage, t, translatePage } from "./texts.js";

const byId = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const state = {
  numbers: [],
  customers: [],
  numberId: query.get("number") ?? "",
  key: query.get("customer") ?? "",
  customer: null,
  messages: new Map(),
  coexistence: true,
  connected: true,
  follow: true,
};
const EDIT_SECONDS = 15 * 60;
const LIST_REFRESH_MS = 600;
const LONG_PRESS_MS = 450;
let stopListening = () => {};
let typingTimer = 0;
let listTimer = 0;

const composer = createComposer({
  send: (form) => api.send(state.numberId, state.key, form).then(() => undefined),
  sendFile: (kind, blob, extra) => api.sendFile(state.numberId, state.key, kind, blob, extra),
  businessName: () => business()?.name ?? "",
});

function business() {
  return state.numbers.find((each) => each.id === state.numberId);
}

// People

async function refreshPeople() {
  const world = await api.world();
  state.numbers = world.numbers;
  state.customers = world.customers;
  if (!business()) state.numberId = state.numbers[0]?.id ?? "";
  drawPeople();
}

function drawPeople() {
  renderPeople(byId("people-list"), state.customers, state.key, byId("people-search").value, (key) => openChat(key, true));
}

function refreshPeopleSoon() {
  if (listTimer) return;
  listTimer = setTimeout(() => {
    listTimer = 0;
    refreshPeople().catch(() => undefined);
  }, LIST_REFRESH_MS);
}

async function createCustomer(form) {
  const customer = await api.createCustomer(form);
  await refreshPeople();
  await openChat(customer.key, true);
}

// Chat

async function openChat(key, focus = false) {
  stopListening();
  closeMenu();
  state.key = key;
  state.messages.clear();
  state.follow = true;
  composer.reset();
  showTyping(0);
  const address = new URLSearchParams(location.search);
  if (key) address.set("customer", key);
  else address.delete("customer");
  history.replaceState(null, "", `?${address}`);
  document.body.dataset.view = key ? "chat" : "list";
  if (key) await loadChat();
  else drawChat();
  connect();
  drawPeople();
  if (focus && key) composer.focus();
}

async function loadChat() {
  const chat = await api.chat(state.numberId, state.key);
  if (chat.customer.key !== state.key) {
    state.key = chat.customer.key;
  }
  state.customer = chat.customer;
  state.coexistence = chat.coexistence;
  state.messages = new Map(chat.messages.map((message) => [message.id, message]));
  showTyping(chat.typing_seconds);
  drawChat();
  markRead();
}

function connect() {
  stopListening = listen(state.numberId, state.key, onEvent, (connected) => {
    if (connected === state.connected) return;
    state.connected = connected;
    drawBanner();
  });
}

function onEvent(event) {
  if (event.event === "open") {
    if (state.key) loadChat().catch(() => undefined);
    return;
  }
  if (event.event === "reset") {
    refreshPeople().then(() => openChat("")).catch(() => undefined);
    return;
  }
  refreshPeopleSoon();
  if (event.customer !== state.key || event.number !== state.numberId) return;
  if (event.event === "typing") showTyping(event.seconds);
  if (event.event === "message") {
    if (event.message.direction === "outbound" && !state.messages.has(event.message.id)) showTyping(0);
    const known = state.messages.has(event.message.id);
    state.messages.set(event.message.id, event.message);
    if (known) redraw(event.message);
    else append(event.message);
    markRead();
  }
}

function markRead() {
  if (document.visibilityState !== "visible" || !state.key) return;
  const waiting = [...state.messages.values()].some((each) => each.direction === "outbound" && each.status === "delivered");
  if (!waiting) return;
  for (const each of state.messages.values()) if (each.direction === "outbound" && each.status === "delivered") each.status = "read";
  api.markRead(state.numberId, state.key).catch(() => undefined);
}

function showTyping(seconds) {
  clearTimeout(typingTimer);
  const on = seconds > 0;
  byId("typing").hidden = !on;
  byId("chat-sub").textContent = on ? t("typing") : business() ? `${t("business")} · ${business().phone}` : "";
  byId("chat-sub").classList.toggle("busy", on);
  if (on) typingTimer = setTimeout(() => showTyping(0), seconds * 1000);
  if (on && state.follow) scrollToEnd();
}

// Drawing

const actions = {
  quoteOf: (id) => state.messages.get(id) ?? null,
  openQuote: (id) => {
    const node = nodeOf(id);
    node?.scrollIntoView({ block: "center" });
    node?.focus({ preventScroll: true });
  },
  tap: (form) => composer.attempt(() => api.send(state.numberId, state.key, form)),
  chooseRow: (message) => askRow(message, (row) => actions.tap({ list_reply: { message_id: message.id, ...row } })),
  view: viewPicture,
  menu: openMenu,
};

function openMenu(message, anchor) {
  const own = message.direction === "inbound";
  const lines = [{ icon: "reply", label: t("reply"), run: () => composer.reply(message) }];
  const words = message.content?.body;
  if (typeof words === "string") lines.push({ icon: "copy", label: t("copy"), run: () => navigator.clipboard?.writeText(words).catch(() => undefined) });
  const young = Date.now() / 1000 - message.at < EDIT_SECONDS;
  if (own && message.type === "text" && young) lines.push({ icon: "edit", label: t("edit"), run: () => composer.edit(message) });
  if (own) lines.push({ icon: "trash", label: t("remove"), danger: true, run: () => actions.tap({ revoke: message.id }) });
  openMessageMenu(message, anchor, (emoji) => actions.tap({ reaction: { message_id: message.id, emoji } }), lines);
}

function nodeOf(id) {
  return byId("messages").querySelector(`[data-id="${CSS.escape(id)}"]`);
}

function build(message, previous) {
  const follows = Boolean(previous) && previous.direction === message.direction && message.at - previous.at < 120 && sameDay(previous, message);
  return buildMessage(message, actions, { follows, businessName: business()?.name ?? "" });
}

function sameDay(one, other) {
  return new Date(one.at * 1000).toDateString() === new Date(other.at * 1000).toDateString();
}

function drawChat() {
  const shop = business();
  const open = Boolean(state.key);
  byId("chat-title").textContent = shop?.name ?? "";
  byId("chat-avatar").textContent = initials(shop?.name ?? "");
  byId("chat-avatar").style.setProperty("--tone", tone(shop?.id ?? ""));
  if (byId("typing").hidden) showTyping(0);
  composer.enable(open);
  byId("info").disabled = !open;
  const nodes = [];
  let previous = null;
  for (const message of state.messages.values()) {
    if (!previous || !sameDay(previous, message)) nodes.push(el("li", { class: "day" }, formatDay(message.at)));
    nodes.push(build(message, previous));
    previous = message;
  }
  byId("messages").replaceChildren(...nodes);
  drawEmpty();
  drawBanner();
  drawDetails();
  if (state.follow) scrollToEnd();
  composer.grow();
}

function append(message) {
  const list = [...state.messages.values()];
  const previous = list.length > 1 ? list.at(-2) : null;
  if (!previous || !sameDay(previous, message)) byId("messages").append(el("li", { class: "day" }, formatDay(message.at)));
  const node = build(message, previous);
  node.classList.add("fresh");
  byId("messages").append(node);
  drawEmpty();
  if (state.follow || message.direction === "inbound") scrollToEnd();
  else byId("jump").hidden = false;
  if (!state.customer?.played && message.direction === "inbound") {
    state.customer = { ...state.customer, played: true };
    drawBanner();
  }
}

/** A playing voice note must go on when only its ticks change: the meta line and reactions alone are replaced. */
function redraw(message) {
  const old = nodeOf(message.id);
  if (!old) return;
  const list = [...state.messages.values()];
  const fresh = build(message, list[list.indexOf(message) - 1]);
  const sameBody = message.type === "audio" && !message.deleted && !old.classList.contains("deleted");
  if (!sameBody) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (focused) fresh.focus({ preventScroll: true });
  } else {
    old.dataset.status = message.status;
    old.className = fresh.className;
    old.querySelector(".meta").replaceWith(fresh.querySelector(".meta"));
    old.querySelector(".reactions")?.remove();
    const reactions = fresh.querySelector(".reactions");
    if (reactions) old.querySelector(".bubble").append(reactions);
  }
  if (state.follow) scrollToEnd();
}

const WAVE = '<svg viewBox="0 0 92 92" aria-hidden="true"><rect x="6" y="20" width="58" height="42" rx="16" fill="var(--accent-soft)"/><path d="M20 62v14l14-14z" fill="var(--accent-soft)"/><rect x="34" y="36" width="52" height="36" rx="14" fill="var(--accent)"/><path d="M74 70v12L62 70z" fill="var(--accent)"/><g fill="var(--accent-ink)"><circle cx="49" cy="54" r="3"/><circle cx="60" cy="54" r="3"/><circle cx="71" cy="54" r="3"/></g></svg>';

function drawEmpty() {
  const empty = byId("empty");
  empty.hidden = Boolean(state.key && state.messages.size);
  if (empty.hidden) return;
  const drawing = document.createElement("template");
  drawing.innerHTML = WAVE;
  const [title, words] = state.key ? ["emptyTitle", "emptyText"] : ["chooseTitle", "chooseText"];
  empty.replaceChildren(drawing.content, el("b", {}, t(title)), el("span", {}, t(words)));
  if (!state.key) empty.append(el("button", { type: "button", class: "button primary", onclick: () => askCustomer(createCustomer) }, t("newCustomer")));
}

function drawBanner() {
  const banner = byId("banner");
  const virtual = state.customer && !state.customer.played && state.key && state.messages.size;
  banner.hidden = state.connected && !virtual;
  banner.classList.toggle("broken", !state.connected);
  banner.textContent = state.connected ? t("virtual") : t("offline");
}

function detailParts() {
  return buildDetails(state.key ? state.customer : null, state.numbers, state.numberId, {
    change: async (form) => {
      state.customer = await api.changeCustomer(state.key, form);
      await refreshPeople();
      if (form.name) drawDetails();
    },
    chooseNumber: (id) => {
      closeSheet();
      state.numberId = id;
      const address = new URLSearchParams(location.search);
      address.set("number", id);
      history.replaceState(null, "", `?${address}`);
      openChat(state.key).catch(() => undefined);
    },
  });
}

function drawDetails() {
  byId("details").replaceChildren(el("h2", { id: "details-title" }, t("details")), ...detailParts());
}

function scrollToEnd() {
  const scroll = byId("scroll");
  scroll.scrollTop = scroll.scrollHeight;
  byId("jump").hidden = true;
}

function drawAll() {
  translatePage();
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === currentLanguage()));
  byId("theme").replaceChildren(icon(document.documentElement.dataset.theme === "dark" ? "sun" : "moon"));
  drawPeople();
  drawChat();
}

// Set-up

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

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function wire() {
  for (const [id, name] of [["new-customer", "plus"], ["back", "back"], ["info", "info"], ["jump", "down"]]) byId(id).append(icon(name));
  byId("new-customer").addEventListener("click", () => askCustomer(createCustomer));
  byId("people-search").addEventListener("input", drawPeople);
  byId("back").addEventListener("click", () => openChat(""));
  byId("info").addEventListener("click", () => showDetails(detailParts()));
  byId("jump").addEventListener("click", scrollToEnd);
  byId("theme").addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    setTheme(next);
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
  const scroll = byId("scroll");
  scroll.addEventListener("scroll", () => {
    state.follow = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    byId("jump").hidden = state.follow;
  }, { passive: true });
  scroll.addEventListener("load", () => state.follow && scrollToEnd(), { capture: true });
  document.addEventListener("visibilitychange", markRead);
  wireMessageMenu();
  const tick = () => {
    byId("phone-clock").textContent = formatTime(Date.now() / 1000);
  };
  tick();
  setInterval(tick, 10_000);
}

/** Right click, long press, or the M and context-menu keys on a focused message. */
function wireMessageMenu() {
  const list = byId("messages");
  const messageAt = (target) => {
    const node = target.closest?.(".message");
    const message = node && state.messages.get(node.dataset.id);
    return message && !message.deleted ? [message, node] : null;
  };
  list.addEventListener("contextmenu", (event) => {
    const found = messageAt(event.target);
    if (!found || event.target.closest("a, video")) return;
    event.preventDefault();
    openMenu(...found);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "m" || event.ctrlKey || event.metaKey) return;
    const found = messageAt(event.target);
    if (!found) return;
    event.preventDefault();
    openMenu(...found);
  });
  let press = 0;
  list.addEventListener("touchstart", (event) => {
    const found = messageAt(event.target);
    if (found) press = setTimeout(() => openMenu(...found), LONG_PRESS_MS);
  }, { passive: true });
  for (const name of ["touchend", "touchmove", "touchcancel"]) list.addEventListener(name, () => clearTimeout(press), { passive: true });
}

async function start() {
  setTheme(query.get("theme") ?? recall("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  setLanguage(query.get("lang") ?? recall("language") ?? (navigator.language.startsWith("pt") ? "pt-BR" : navigator.language.startsWith("en") ? "en" : "pt-BR"));
  wire();
  drawAll();
  await refreshPeople();
  if (state.key && !state.customers.some((each) => each.key === state.key)) {
    const known = await api.createCustomer(/^\d+$/.test(state.key) ? { wa_id: state.key } : { username: state.key });
    state.key = known.key;
    await refreshPeople();
  }
  await openChat(state.key, true);
}

start().catch(() => {
  state.connected = false;
  drawBanner();
  setTimeout(() => location.reload(), 3000);
});

