// One message as an element. Built anew whenever the message changes.

import { avatar, el, hash, icon, iconButton } from "./dom.js";
import { isOnlyEmoji, renderRich } from "./rich-text.js";
import { summarise } from "./summary.js";
import { formatDuration, formatPhone, formatTime, t } from "./texts.js";

const TICK_PATHS = {
  pending: '<circle cx="9" cy="6" r="4.500"/><path d="M9 3.800V6l1.500 1"/>',
  sent: '<path d="m5 6.500 3 3 6-7"/>',
  read: '<path d="m1.500 6.500 3 3 6-7"/><path d="m7.500 8.500 1 1 6-7"/>',
};
const TICK_NAMES = { pending: "waiting", sent: "accepted", read: "read" };

export function ticks(status) {
  const node = el("span", { class: `ticks ${status}`, role: "img", "aria-label": t(TICK_NAMES[status] ?? "accepted") });
  node.innerHTML = `<svg viewBox="0 0 18 12">${TICK_PATHS[status] ?? TICK_PATHS.sent}</svg>`;
  return node;
}

/** `actions`: {quoteOf(id), openQuote(id), tap(form), view(url), menu(message, anchor)} */
export function buildMessage(message, actions, { follows = false, businessName = "" } = {}) {
  const own = message.direction === "inbound";
  const classes = ["message", own ? "out" : "in"];
  if (follows) classes.push("follows");
  if (message.deleted) classes.push("deleted");
  if (message.type === "sticker" && !message.deleted) classes.push("bare");
  const reactions = [message.customer_reaction, message.business_reaction].filter(Boolean);
  if (reactions.length) classes.push("reacted");
  const node = el("li", {
    class: classes.join(" "), tabindex: "0", "data-id": message.id, "data-testid": "phone-message",
    "data-direction": own ? "out" : "in", "data-status": message.status, "data-type": message.type,
  });
  const bubble = el("div", { class: "bubble" });
  const quoted = message.context_id && !message.deleted ? actions.quoteOf(message.context_id) : null;
  if (quoted) bubble.append(buildQuote(quoted, actions, businessName));
  bubble.append(...buildContent(message, actions));
  const meta = buildMeta(message, own);
  const words = meta.classList.contains("below") ? null : [...bubble.querySelectorAll(".text")].at(-1);
  if (words) words.append(el("span", { class: "space", "aria-hidden": "true" }, ...[...meta.childNodes].map((part) => part.cloneNode(true))));
  bubble.append(meta);
  node.append(bubble);
  const offers = message.deleted ? null : buildOffers(message, actions);
  if (offers) node.append(offers);
  if (reactions.length) bubble.append(el("span", { class: "reactions", "aria-label": t("reaction"), "data-testid": "phone-reaction" }, [...new Set(reactions)].join("")));
  if (!message.deleted) {
    const more = iconButton("more", t("more"), () => actions.menu(message, more), "more");
    more.tabIndex = -1;
    bubble.append(more);
  }
  return node;
}

function buildMeta(message, own) {
  const below = !hasTextLast(message);
  const meta = el("div", { class: below ? "meta below" : "meta" });
  if (message.edited && !message.deleted) meta.append(t("edited"), " ");
  meta.append(el("time", {}, formatTime(message.at)));
  if (own) meta.append(ticks(message.status));
  return meta;
}

function hasTextLast(message) {
  if (message.deleted) return true;
  const content = message.content ?? {};
  if (message.type === "text") return !isOnlyEmoji(content.body ?? "");
  if (message.type === "interactive") return !content.footer;
  if (message.type === "template") return !content.footer;
  if (message.type === "button") return true;
  return Boolean(content.caption) || ["audio", "contacts"].includes(message.type) || !KNOWN.has(message.type);
}

const KNOWN = new Set(["text", "image", "video", "audio", "document", "sticker", "location", "contacts", "interactive", "template", "button", "order"]);

function buildQuote(quoted, actions, businessName) {
  const who = quoted.direction === "inbound" ? t("you") : businessName;
  return el("button", { type: "button", class: "quote", onclick: () => actions.openQuote(quoted.id) },
    el("b", {}, who), el("span", {}, summarise(quoted)));
}

function text(body) {
  return el("div", { class: isOnlyEmoji(body) ? "text big" : "text" }, renderRich(body));
}

function buildContent(message, actions) {
  const content = message.content ?? {};
  if (message.deleted) return [text(`🚫 ${t("deleted")}`)];
  switch (message.type) {
    case "text":
      return [text(content.body ?? "")];
    case "image":
    case "video":
    case "sticker":
    case "audio":
    case "document":
      return [buildFile(message.type, content, message.id, actions), content.caption ? text(content.caption) : null].filter(Boolean);
    case "location":
      return [buildPlace(content)];
    case "contacts":
      return content.map((card) => buildCard(card));
    case "interactive":
      return buildInteractive(content, actions, message.id);
    case "template":
      return [content.header ? el("span", { class: "headline" }, content.header) : null, text(content.body ?? ""), content.footer ? el("span", { class: "footnote" }, content.footer) : null].filter(Boolean);
    case "button":
      return [text(content.text ?? "")];
    case "order":
      return [el("div", { class: "plain-kind" }, icon("bag"), `${t("order")} · ${(content.product_items ?? []).length} ${t("items")}`)];
    default:
      return [el("div", { class: "plain-kind" }, icon("info"), t("unsupported"))];
  }
}

function mediaUrl(content) {
  return content.id ? `/phone/media/${encodeURIComponent(content.id)}` : "";
}

function buildFile(type, content, id, actions) {
  const url = mediaUrl(content);
  if (!url) return buildLink(content.link ?? "", content.filename);
  if (type === "image") {
    return el("button", { type: "button", class: "picture", "aria-label": t("photo"), onclick: () => actions.view(url) }, el("img", { src: url, alt: content.caption ?? "", loading: "lazy" }));
  }
  if (type === "video") return el("video", { class: "clip", src: url, controls: true, preload: "metadata", "aria-label": t("video") });
  if (type === "sticker") return el("img", { class: "sticker", src: url, alt: t("sticker") });
  if (type === "audio") return buildVoice(url, id);
  const name = content.filename || t("document");
  const kind = (name.includes(".") ? name.split(".").at(-1) : "doc").slice(0, 4).toUpperCase();
  return el("a", { class: "file", href: url, target: "_blank", rel: "noopener" }, el("span", { class: "badge" }, kind), el("span", {}, el("b", {}, name), t("document")));
}

function buildLink(link, filename) {
  return el("a", { class: "file", href: link, target: "_blank", rel: "noopener noreferrer" }, el("span", { class: "badge" }, "URL"), el("span", {}, el("b", {}, filename || link), t("openLink")));
}

const WAVE_BARS = 34;
let playing = null;

function buildVoice(url, id) {
  const audio = new Audio();
  audio.preload = "metadata";
  audio.src = url;
  let seed = hash(id);
  const bars = Array.from({ length: WAVE_BARS }, (_, place) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const height = 18 + ((seed >>> 8) % 60) * (0.55 + 0.45 * Math.sin((place / WAVE_BARS) * Math.PI)) + 12;
    const bar = el("i");
    bar.style.height = `${Math.round(Math.min(100, height))}%`;
    return bar;
  });
  const clock = el("time", {}, "0:00");
  const button = iconButton("play", t("play"), () => (audio.paused ? start() : audio.pause()));
  const show = () => {
    const length = Number.isFinite(audio.duration) ? audio.duration : 0;
    const share = length ? audio.currentTime / length : 0;
    bars.forEach((bar, place) => bar.classList.toggle("played", place / WAVE_BARS < share));
    clock.textContent = formatDuration(audio.currentTime > 0 ? audio.currentTime : length);
  };
  const draw = () => {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", t(audio.paused ? "play" : "pause"));
  };
  const start = () => {
    if (playing && playing !== audio) playing.pause();
    playing = audio;
    audio.play().catch(() => draw());
  };
  for (const event of ["timeupdate", "loadedmetadata", "ended", "durationchange"]) audio.addEventListener(event, show);
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, draw);
  const wave = el("div", { class: "wave", "aria-hidden": "true" }, ...bars);
  wave.addEventListener("click", (event) => {
    if (!Number.isFinite(audio.duration)) return;
    audio.currentTime = (event.offsetX / wave.clientWidth) * audio.duration;
    show();
  });
  return el("div", { class: "voice" }, button, wave, clock);
}

function buildPlace(content) {
  const [latitude, longitude] = [Number(content.latitude), Number(content.longitude)];
  const map = document.createElement("template");
  const turn = hash(`${latitude}${longitude}`);
  const roads = [0, 1, 2, 3].map((place) => {
    const from = ((turn >>> (place * 5)) % 130) + 4;
    const to = ((turn >>> (place * 7 + 2)) % 130) + 4;
    return `<path d="M-10 ${from} Q ${90 + place * 30} ${(from + to) / 2 + 14} 300 ${to}"/>`;
  });
  const across = [0, 1, 2].map((place) => `<path d="M${((turn >>> (place * 6)) % 240) + 16} -10 l${((turn >>> place) % 50) - 25} 160"/>`);
  map.innerHTML = `<svg viewBox="0 0 280 130" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><rect width="280" height="130" fill="#dfe7d8"/><path d="M0 100 Q 80 70 150 104 T 280 84 V130 H0z" fill="#bcd7e6"/><g fill="none" stroke="#fff" stroke-width="7">${roads.join("")}${across.join("")}</g><g fill="#c3d6b4"><circle cx="62" cy="34" r="15"/><circle cx="222" cy="46" r="19"/></g><path d="M140 84s20-18 20-35a20 20 0 0 0-40 0c0 17 20 35 20 35z" fill="#c8592b"/><circle cx="140" cy="49" r="7.500" fill="#fff"/></svg>`;
  const label = content.name || content.address || t("location");
  return el("a", { class: "place", href: `geo:${latitude},${longitude}` }, map.content.firstElementChild, el("b", {}, label), el("span", {}, content.name && content.address ? content.address : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`));
}

function buildCard(card) {
  const name = card.name?.formatted_name ?? t("contact");
  const phone = card.phones?.[0];
  return el("div", { class: "vcard" }, avatar(name), el("div", {}, el("b", {}, name), el("span", {}, phone ? phone.phone || formatPhone(phone.wa_id ?? "") : "")));
}

function buildInteractive(content, actions, id) {
  const reply = content.button_reply ?? content.list_reply;
  if (reply) return [text(reply.description ? `${reply.title}\n${reply.description}` : reply.title)];
  const nodes = [];
  const header = content.header;
  if (header?.type === "text") nodes.push(el("span", { class: "headline" }, header.text));
  else if (header) nodes.push(buildFile(header.type, header[header.type] ?? {}, id, actions));
  nodes.push(text(content.body?.text ?? content.nfm_reply?.body ?? t("interactive")));
  if (content.footer) nodes.push(el("span", { class: "footnote" }, content.footer.text));
  return nodes;
}

/** What a customer can tap below a message of the business. */
function buildOffers(message, actions) {
  if (message.direction === "inbound") return null;
  const content = message.content ?? {};
  const row = (label, onclick, sign) => el("button", { type: "button", onclick, "data-testid": "phone-option" }, sign ? icon(sign) : "", label);
  const link = (label, url) => el("a", { href: url, target: "_blank", rel: "noopener noreferrer", "data-testid": "phone-option" }, icon("link"), label);
  const rows = [];
  if (message.type === "template") {
    for (const button of content.buttons ?? []) {
      if (button.type === "QUICK_REPLY") rows.push(row(button.text, () => actions.tap({ button: { message_id: message.id, payload: button.payload, text: button.text } }), "reply"));
      else if (button.type === "URL") rows.push(link(button.text, button.url));
      else rows.push(el("button", { type: "button", disabled: true }, button.text ?? button.type));
    }
  } else if (message.type === "interactive") {
    const action = content.action ?? {};
    for (const button of action.buttons ?? []) {
      rows.push(row(button.reply.title, () => actions.tap({ button_reply: { message_id: message.id, ...button.reply } }), "reply"));
    }
    if (content.type === "list") rows.push(row(action.button, () => actions.chooseRow(message), "list"));
    if (content.type === "cta_url") rows.push(link(action.parameters.display_text, action.parameters.url));
    if (content.type === "location_request_message") rows.push(row(t("sendLocation"), () => actions.tap({ location: {}, reply_to: message.id }), "pin"));
  }
  return rows.length ? el("div", { class: "offers" }, ...rows) : null;
}
