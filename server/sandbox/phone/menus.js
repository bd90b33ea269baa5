// Pop-up menus: what to attach, what to do with a message. Arrow keys move, Escape closes and gives the focus back.

import { el, icon } from "./dom.js";
import { t } from "./texts.js";

const QUICK_EMOJIS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
let opened = null;

export function closeMenu(returnFocus = false) {
  if (!opened) return;
  opened.menu.hidden = true;
  opened.anchor?.setAttribute("aria-expanded", "false");
  if (returnFocus) opened.focusBack?.focus();
  opened = null;
}

function show(menu, anchor, focusBack) {
  closeMenu();
  menu.hidden = false;
  anchor?.setAttribute("aria-expanded", "true");
  opened = { menu, anchor, focusBack };
  menu.querySelector("button")?.focus();
}

document.addEventListener("pointerdown", (event) => {
  if (opened && !opened.menu.contains(event.target) && !opened.anchor?.contains(event.target)) closeMenu();
});
document.addEventListener("keydown", (event) => {
  if (!opened) return;
  const buttons = [...opened.menu.querySelectorAll("button")];
  const place = buttons.indexOf(document.activeElement);
  if (event.key === "Escape") closeMenu(true);
  else if (["ArrowDown", "ArrowRight"].includes(event.key)) buttons[(place + 1) % buttons.length]?.focus();
  else if (["ArrowUp", "ArrowLeft"].includes(event.key)) buttons[(place - 1 + buttons.length) % buttons.length]?.focus();
  else return;
  event.preventDefault();
});

/** entries: [{icon, tone, label, run, testid}] */
export function toggleAttachMenu(anchor, entries) {
  const menu = document.getElementById("attach-menu");
  if (!menu.hidden) return closeMenu(true);
  menu.replaceChildren(...entries.map((entry) => el("button", { type: "button", role: "menuitem", "data-testid": entry.testid, onclick: () => {
    closeMenu();
    entry.run();
  } }, el("span", { class: "blob", "--tone": entry.tone }, icon(entry.icon)), entry.label)));
  return show(menu, anchor, anchor);
}

/** lines: [{icon, label, run, danger}] beside the quick reactions. */
export function openMessageMenu(message, anchor, onReact, lines) {
  const menu = document.getElementById("message-menu");
  const emojis = QUICK_EMOJIS.map((emoji) => el("button", { type: "button", role: "menuitemradio", "aria-label": `${t("react")} ${emoji}`, "aria-pressed": message.customer_reaction === emoji, onclick: () => {
    closeMenu(true);
    onReact(message.customer_reaction === emoji ? "" : emoji);
  } }, emoji));
  menu.replaceChildren(el("div", { class: "emojis", role: "group" }, ...emojis), ...lines.map((line) => el("button", { type: "button", role: "menuitem", class: line.danger ? "line danger" : "line", onclick: () => {
    closeMenu(true);
    line.run();
  } }, icon(line.icon), line.label)));
  const bubble = anchor.closest(".message");
  show(menu, null, bubble);
  const box = bubble.querySelector(".bubble").getBoundingClientRect();
  const left = bubble.classList.contains("out") ? box.right - menu.offsetWidth : box.left;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  const below = box.bottom + 6;
  menu.style.top = `${below + menu.offsetHeight < innerHeight - 8 ? below : Math.max(8, box.top - menu.offsetHeight - 6)}px`;
}
