// WhatsApp's text marks and links, as elements; never as HTML.

import { el } from "./dom.js";

const MARKS = [
  { pattern: /```([\s\S]+?)```/, tag: "code" },
  { pattern: /(?<![\p{L}\p{N}*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\p{L}\p{N}*])/u, tag: "strong" },
  { pattern: /(?<![\p{L}\p{N}_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\p{L}\p{N}_])/u, tag: "em" },
  { pattern: /(?<![\p{L}\p{N}~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\p{L}\p{N}~])/u, tag: "s" },
  { pattern: /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/, tag: "a" },
];

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*\s?){1,3}$/u;

export function isOnlyEmoji(text) {
  return ONLY_EMOJI.test(text.trim());
}

export function renderRich(text) {
  const fragment = document.createDocumentFragment();
  let rest = text;
  while (rest) {
    let first = null;
    for (const mark of MARKS) {
      const found = mark.pattern.exec(rest);
      if (found && (!first || found.index < first.found.index)) first = { mark, found };
    }
    if (!first) break;
    const { mark, found } = first;
    fragment.append(rest.slice(0, found.index));
    if (mark.tag === "a") fragment.append(el("a", { href: found[0], target: "_blank", rel: "noopener noreferrer" }, found[0]));
    else if (mark.tag === "code") fragment.append(el("code", {}, found[1]));
    else fragment.append(el(mark.tag, {}, renderRich(found[1])));
    rest = rest.slice(found.index + found[0].length);
  }
  fragment.append(rest);
  return fragment;
}
