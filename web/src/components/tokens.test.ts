import { describe, expect, it } from "vitest";
import css from "./tokens.css?raw";

/** WCAG 2.2, 1.4.3: text of any size that we use needs this much against what is behind it. */
const AA_TEXT = 4.5;
const GROUNDS = ["surface-0", "surface-1", "surface-2", "surface-3", "surface-selected", "chat-ground"];
const ON_EVERY_GROUND = ["text", "text-soft", "text-faint"];
const PAIRS = [
  ["bubble-in-text", "bubble-in"],
  ["bubble-out-text", "bubble-out"],
  ["on-accent", "accent"],
  ["accent-strong", "accent-soft"],
  ["danger", "danger-soft"],
  ["warning", "warning-soft"],
  ["success", "success-soft"],
] as const;

function coloursOf(theme: "light" | "dark"): Map<string, string> {
  const selector = `:root[data-mantine-color-scheme="${theme}"] {`;
  const start = css.indexOf(selector);
  const block = css.slice(start, css.indexOf("}", start));
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]),
  );
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  const colours = coloursOf(theme);
  const pairs = [
    ...ON_EVERY_GROUND.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
    ...PAIRS,
  ];

  it.each(pairs)("can be read: %s on %s", (text, ground) => {
    expect(contrast(colours.get(text) ?? "", colours.get(ground) ?? "")).toBeGreaterThanOrEqual(AA_TEXT);
  });
});
