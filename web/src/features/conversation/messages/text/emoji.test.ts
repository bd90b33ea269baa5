import { describe, expect, it } from "vitest";
import { jumboEmojiCount } from "./emoji";
import { foldText } from "./fold-text";

describe("emoji-only texts", () => {
  it.each([
    ["😀", 1],
    ["👍🏽", 1],
    ["👩‍👩‍👧‍👦", 1],
    ["🇧🇷", 1],
    ["1️⃣", 1],
    ["❤️", 1],
    ["🎉 🥳 ❤️", 3],
    ["😀😀😀😀", 0],
    ["oi 😀", 0],
    ["123", 0],
    ["", 0],
    ["©", 0],
  ])("%s counts %i", (body, count) => {
    expect(jumboEmojiCount(body)).toBe(count);
  });
});

describe("folding", () => {
  it("leaves short texts whole", () => {
    expect(foldText("curto")).toBeNull();
  });

  it("cuts long texts at a space", () => {
    const folded = foldText("palavra ".repeat(300));
    expect(folded).toMatch(/palavra…$/);
    expect(folded?.length).toBeLessThan(910);
  });

  it("cuts texts of many lines", () => {
    expect(foldText("a\n".repeat(60))?.split("\n").length).toBeLessThanOrEqual(16);
  });

  it("never leaves half an emoji", () => {
    const folded = foldText("x" + "😀".repeat(2_000)) ?? "";
    expect(folded).not.toMatch(/[\uD800-\uDBFF]…$/);
  });
});
