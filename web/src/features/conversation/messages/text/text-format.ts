/**
 * WhatsApp's text formatting as a tree: *bold*, _italic_, ~strike~, `code`, ```mono```, "> quote", "- item", "1. item",
 * links, e-mail addresses and telephone numbers. Pure and total: any string gives a tree, nothing is ever lost, and the
 * time is linear in the length (a customer may send 65,536 characters). Rules: WhatsApp FAQ "How to format your
 * messages", read 2026-11.
 */

import { linkAt } from "./links";

export type Inline =
  | { type: "text"; text: string }
  | { type: "bold" | "italic" | "strike"; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "link"; text: string; href: string };

export type Block =
  | { type: "paragraph"; children: Inline[] }
  | { type: "quote"; lines: Inline[][] }
  | { type: "list"; ordered: boolean; start: number; items: Inline[][] }
  | { type: "mono"; text: string }
  | { type: "blank" };

type Emphasis = "bold" | "italic" | "strike";

const EMPHASIS_OF = new Map<string, Emphasis>([
  ["*", "bold"],
  ["_", "italic"],
  ["~", "strike"],
]);

const MONO_FENCE = "```";
const WORD_CHARACTER = /[\p{L}\p{N}_]/u;
const QUOTE_LINE = /^> ?(.*)$/;
const BULLET_LINE = /^[*-] (.+)$/;
const NUMBER_LINE = /^(\d{1,3})\. (.+)$/;

export function parseText(source: string): Block[] {
  const blocks: Block[] = [];
  let rest = source.replace(/\r\n?/g, "\n");
  while (rest !== "") {
    const open = rest.indexOf(MONO_FENCE);
    const close = open < 0 ? -1 : rest.indexOf(MONO_FENCE, open + MONO_FENCE.length + 1);
    if (close < 0) {
      blocks.push(...parseLines(rest));
      break;
    }
    const before = rest.slice(0, open).replace(/\n$/, "");
    if (before !== "") blocks.push(...parseLines(before));
    blocks.push({ type: "mono", text: rest.slice(open + MONO_FENCE.length, close).replace(/^\n|\n$/g, "") });
    rest = rest.slice(close + MONO_FENCE.length).replace(/^\n/, "");
  }
  return blocks;
}

/** The text without its formatting, on one line: for names, previews and whoever cannot see. */
export function plainText(source: string): string {
  const lines = parseText(source).flatMap((block) => {
    switch (block.type) {
      case "paragraph":
        return [inlineText(block.children)];
      case "quote":
        return block.lines.map(inlineText);
      case "list":
        return block.items.map(inlineText);
      case "mono":
        return [block.text];
      case "blank":
        return [];
    }
  });
  return lines.join(" ").replaceAll(/\s+/g, " ").trim();
}

function inlineText(parts: Inline[]): string {
  return parts.map((part) => ("children" in part ? inlineText(part.children) : part.text)).join("");
}

function parseLines(source: string): Block[] {
  const blocks: Block[] = [];
  for (const line of source.split("\n")) {
    const last = blocks.at(-1);
    const quote = QUOTE_LINE.exec(line)?.[1];
    const bullet = BULLET_LINE.exec(line)?.[1];
    const [, number, numbered] = NUMBER_LINE.exec(line) ?? [];
    if (quote !== undefined) {
      const children = parseInline(quote);
      if (last?.type === "quote") last.lines.push(children);
      else blocks.push({ type: "quote", lines: [children] });
    } else if (bullet !== undefined) {
      const children = parseInline(bullet);
      if (last?.type === "list" && !last.ordered) last.items.push(children);
      else blocks.push({ type: "list", ordered: false, start: 1, items: [children] });
    } else if (number !== undefined && numbered !== undefined) {
      const children = parseInline(numbered);
      if (last?.type === "list" && last.ordered) last.items.push(children);
      else blocks.push({ type: "list", ordered: true, start: Number(number), items: [children] });
    } else if (line.trim() === "") {
      blocks.push({ type: "blank" });
    } else {
      blocks.push({ type: "paragraph", children: parseInline(line) });
    }
  }
  return blocks;
}

/** One line. Emphasis nests, but never inside its own kind, so recursion is at most three deep. */
export function parseInline(line: string, inside: readonly Emphasis[] = []): Inline[] {
  const parts: Inline[] = [];
  // A marker without a partner further on has none from any later place either: remembering it keeps this linear.
  const hopeless = new Set<string>();
  let text = "";
  let at = 0;
  const flush = () => {
    if (text !== "") parts.push({ type: "text", text });
    text = "";
  };
  while (at < line.length) {
    const found = codeAt(line, at, hopeless) ?? linkPartAt(line, at) ?? emphasisAt(line, at, inside, hopeless);
    if (found === null) {
      text += line.charAt(at);
      at += 1;
      continue;
    }
    flush();
    parts.push(found.part);
    at = found.end;
  }
  flush();
  return parts;
}

interface Found {
  part: Inline;
  end: number;
}

function codeAt(line: string, at: number, hopeless: Set<string>): Found | null {
  if (line[at] !== "`" || hopeless.has("`")) return null;
  const close = line.indexOf("`", at + 1);
  if (close < 0) hopeless.add("`");
  if (close <= at + 1) return null;
  return { part: { type: "code", text: line.slice(at + 1, close) }, end: close + 1 };
}

function linkPartAt(line: string, at: number): Found | null {
  const link = linkAt(line, at);
  return link === null ? null : { part: { type: "link", text: link.text, href: link.href }, end: link.end };
}

function emphasisAt(
  line: string,
  at: number,
  inside: readonly Emphasis[],
  hopeless: Set<string>,
): Found | null {
  const marker = line.charAt(at);
  const emphasis = EMPHASIS_OF.get(marker);
  if (emphasis === undefined || inside.includes(emphasis) || hopeless.has(marker)) return null;
  const next = line[at + 1];
  if (isWord(line[at - 1]) || next === undefined || next === " " || next === marker) return null;
  const close = closingAt(line, marker, at + 1);
  if (close < 0) {
    hopeless.add(marker);
    return null;
  }
  const children = parseInline(line.slice(at + 1, close), [...inside, emphasis]);
  return { part: { type: emphasis, children }, end: close + 1 };
}

function closingAt(line: string, marker: string, from: number): number {
  for (let at = line.indexOf(marker, from); at >= 0; at = line.indexOf(marker, at + 1)) {
    const before = line[at - 1];
    if (at > from && before !== " " && before !== marker && !isWord(line[at + 1])) return at;
  }
  return -1;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && character !== "_" && WORD_CHARACTER.test(character);
}
