import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInline, parseText, plainText, type Inline } from "./text-format";

const text = (value: string): Inline => ({ type: "text", text: value });

describe("inline formatting", () => {
  it("reads bold, italic, strike and code", () => {
    expect(parseInline("*a* _b_ ~c~ `d`")).toEqual([
      { type: "bold", children: [text("a")] },
      text(" "),
      { type: "italic", children: [text("b")] },
      text(" "),
      { type: "strike", children: [text("c")] },
      text(" "),
      { type: "code", text: "d" },
    ]);
  });

  it("nests different kinds of emphasis", () => {
    expect(parseInline("*_a_ b*")).toEqual([
      { type: "bold", children: [{ type: "italic", children: [text("a")] }, text(" b")] },
    ]);
  });

  it.each(["2*3*4", "snake_case_name", "* a *", "**", "*a", "a ~ b ~ c", "`", "``"])("leaves %s as it is", (line) => {
    expect(parseInline(line)).toEqual([text(line)]);
  });

  it("does not format inside code", () => {
    expect(parseInline("`*a*`")).toEqual([{ type: "code", text: "*a*" }]);
  });

  it("closes emphasis before punctuation", () => {
    expect(parseInline("(*a*), b")).toEqual([text("("), { type: "bold", children: [text("a")] }, text("), b")]);
  });
});

describe("blocks", () => {
  it("reads quotes, lists and numbers as one block each", () => {
    expect(parseText("> a\n> b\n- c\n* d\n3. e\n4. f").map((block) => block.type)).toEqual(["quote", "list", "list"]);
    expect(parseText("3. e")[0]).toMatchObject({ type: "list", ordered: true, start: 3 });
  });

  it("keeps a fence over several lines and its spaces", () => {
    expect(parseText("a\n```x  y\n*z*```\nb")).toEqual([
      { type: "paragraph", children: [text("a")] },
      { type: "mono", text: "x  y\n*z*" },
      { type: "paragraph", children: [text("b")] },
    ]);
  });

  it("takes a fence without an end for text", () => {
    expect(parseText("``` a")).toEqual([{ type: "paragraph", children: [text("``` a")] }]);
  });

  it("keeps empty lines", () => {
    expect(parseText("a\n\nb").map((block) => block.type)).toEqual(["paragraph", "blank", "paragraph"]);
  });
});

describe("plain text", () => {
  it("drops the formatting and keeps the words", () => {
    expect(plainText("*Olá*,\n> _tudo_\n- bem `x`?\n\n```fim```")).toBe("Olá, tudo bem x? fim");
  });
});

const letters = (value: string) => value.replaceAll(/[^a-z]/g, "");

describe("any text", () => {
  const anything = fc.string({ unit: fc.constantFrom(..."ab*_~`>-1. \n@/:()+".split(""), "www.", "é", "😀"), maxLength: 80 });

  it("loses no letter", () => {
    fc.assert(fc.property(anything, (body) => letters(plainText(body)) === letters(body)), { numRuns: 500 });
  });

  it("is read in time linear in its length", () => {
    // Quadratic work on 60,000 characters would be 10⁹ steps; the limit leaves room for the slowest machine.
    for (const unit of ["*a ", "_*~", "`", "a.", "www.", "+1 ", "> *", "a@", "- _a"]) {
      const started = performance.now();
      parseText(unit.repeat(60_000 / unit.length));
      expect(performance.now() - started, unit).toBeLessThan(2_000);
    }
  });
});
