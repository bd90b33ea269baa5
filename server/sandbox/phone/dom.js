// Small helpers to build elements; nothing here knows about the phone.

const ICONS = {
  plus: '<path d="M12 5v14M5 12h14"/>',
  send: '<path d="M4.500 12 20 4.500 15 20l-3.200-6.300z"/><path d="M11.800 13.700 20 4.500"/>',
  mic: '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3"/>',
  back: '<path d="m14.500 5-7 7 7 7"/>',
  info: '<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5M12 7.800v.1"/>',
  close: '<path d="m6 6 12 12M18 6 6 18"/>',
  picture: '<rect x="3.500" y="4.500" width="17" height="15" rx="3"/><circle cx="9" cy="10" r="1.600"/><path d="m4.500 17.500 5-4.500 3.500 3 2.500-2 4 3.500"/>',
  file: '<path d="M13.500 3.500H7A1.500 1.500 0 0 0 5.500 5v14A1.500 1.500 0 0 0 7 20.500h10a1.500 1.500 0 0 0 1.500-1.500V8.500z"/><path d="M13.500 3.500v5h5"/>',
  pin: '<path d="M12 21s6.500-5.800 6.500-11A6.500 6.500 0 0 0 5.500 10c0 5.200 6.500 11 6.500 11z"/><circle cx="12" cy="10" r="2.300"/>',
  person: '<circle cx="12" cy="8.500" r="3.700"/><path d="M5 20c.8-3.800 3.500-5.700 7-5.700s6.200 1.900 7 5.700"/>',
  sticker: '<path d="M20.500 12.500V7A3.500 3.500 0 0 0 17 3.500H7A3.500 3.500 0 0 0 3.500 7v10A3.500 3.500 0 0 0 7 20.500h5.500z"/><path d="M12.500 20.500V16a3.500 3.500 0 0 1 3.500-3.500h4.500M8.500 9v.6M14 9v.6"/>',
  reply: '<path d="M9.500 6 4.500 11l5 5"/><path d="M4.500 11H14a5.500 5.500 0 0 1 5.500 5.500V18"/>',
  edit: '<path d="m5 19 .8-3.600L15.600 5.600a1.900 1.900 0 0 1 2.800 2.800L8.600 18.200z"/>',
  trash: '<path d="M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7M10.500 11v5M13.500 11v5"/>',
  copy: '<rect x="8.500" y="8.500" width="11" height="11" rx="2.500"/><path d="M15.500 8.500V6A1.500 1.500 0 0 0 14 4.500H6A1.500 1.500 0 0 0 4.500 6v8A1.500 1.500 0 0 0 6 15.500h2.500"/>',
  more: '<path d="M6 12h.01M12 12h.01M18 12h.01"/>',
  down: '<path d="m6 9.500 6 6 6-6"/>',
  sun: '<circle cx="12" cy="12" r="3.800"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600 7 7M17 17l1.400 1.400M5.600 18.400 7 17M17 7l1.400-1.400"/>',
  moon: '<path d="M19.500 14.200A8 8 0 0 1 9.800 4.500a8 8 0 1 0 9.700 9.700z"/>',
  play: '<path d="M8 5.500v13l11-6.500z"/>',
  pause: '<path d="M7 5.500h3.500v13H7zM13.500 5.500H17v13h-3.500z"/>',
  list: '<path d="M9 7h10M9 12h10M9 17h10M5 7h.01M5 12h.01M5 17h.01"/>',
  link: '<path d="M14 5h5v5M19 5l-8 8M17 14v4a1.500 1.500 0 0 1-1.500 1.500H6.500A1.500 1.500 0 0 1 5 18V9a1.500 1.500 0 0 1 1.500-1.500h4"/>',
  bag: '<path d="M5.500 8.500h13l1 11h-15z"/><path d="M9 8.500V7a3 3 0 0 1 6 0v1.500"/>',
};

export function icon(name) {
  const holder = document.createElement("template");
  holder.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[name] ?? ICONS.info}</svg>`;
  return holder.content.firstElementChild;
}

/** el("button", {class: "x", onclick: f, "aria-label": "y"}, child, "text") */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) node.style.setProperty(name, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function iconButton(name, label, onclick, extra = "") {
  const button = el("button", { type: "button", class: `round ${extra}`.trim(), "aria-label": label, title: label, onclick });
  button.append(icon(name));
  return button;
}

export function hash(text) {
  let value = 2166136261;
  for (let place = 0; place < text.length; place += 1) value = Math.imul(value ^ text.charCodeAt(place), 16777619);
  return value >>> 0;
}

// Eight tones on which white text has at least 4.5:1.
const TONES = ["#4a45a8", "#0f6f6a", "#9c4221", "#7b3f8c", "#2f6a3a", "#a3365a", "#2b628f", "#6f5a1e"];

export function tone(text) {
  return TONES[hash(text) % TONES.length];
}

export function initials(name) {
  if (name.startsWith("+")) return name.slice(-2);
  const words = name.replace(/[^\p{L}\p{N} ]/gu, "").trim().split(/\s+/).filter(Boolean);
  if (!words.length) return "?";
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

export function avatar(name, key = name) {
  return el("span", { class: "avatar", "aria-hidden": "true", "--tone": tone(key) }, initials(name || key));
}
