import { describe, expect, it } from "vitest";
import { fixtures, FIXTURE_USERS } from "./fixtures";
import { fileSize } from "./file-size";
import { documentEnding, documentKind } from "./kinds/document-kind";
import { mapStreets } from "./kinds/map-streets";
import { frameFor } from "./kinds/media-frame";
import { canBeAnswered, copyableText, isGroupedWithPrevious } from "./message-facts";
import { money, orderTotal } from "./money";
import { reactionGroups } from "./reaction-groups";
import { barsPath, peaksOf } from "./voice/waveform";
import { pan, WHOLE, zoomAt } from "./zoom";

function fixture(title: string) {
  const found = fixtures.find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`no fixture ${title}`);
  return found.message;
}

describe("grouping", () => {
  const first = fixture("formatting");

  it("groups the same author within five minutes", () => {
    expect(isGroupedWithPrevious(first, { ...first, id: "x" })).toBe(true);
    expect(isGroupedWithPrevious(first, { ...first, at: new Date(Date.parse(first.at) + 301_000).toISOString() })).toBe(false);
  });

  it("never groups across authors, directions, tickets or lines", () => {
    expect(isGroupedWithPrevious(null, first)).toBe(false);
    expect(isGroupedWithPrevious(first, { ...first, direction: "out" })).toBe(false);
    expect(isGroupedWithPrevious(first, { ...first, author_id: FIXTURE_USERS.bot })).toBe(false);
    expect(isGroupedWithPrevious(first, { ...first, ticket_id: "t" })).toBe(false);
    expect(isGroupedWithPrevious({ ...first, kind: "system" }, first)).toBe(false);
  });
});

describe("what can be done with a message", () => {
  it("answers only what WhatsApp knows", () => {
    expect(canBeAnswered(fixture("delivered"))).toBe(true);
    for (const title of ["queued", "unconfirmed", "failed for good", "deleted by the customer", "changed number"]) {
      expect(canBeAnswered(fixture(title)), title).toBe(false);
    }
  });

  it("copies what can be read, never what was deleted", () => {
    expect(copyableText(fixture("deleted by the customer"))).toBeNull();
    expect(copyableText(fixture("contacts"))).toContain("+55 11 98888-0002");
    expect(copyableText(fixture("picture with caption"))).toContain("comprovante");
    expect(copyableText(fixture("voice note"))).toBeNull();
  });
});

describe("figures", () => {
  it("adds an order up, unless prices are missing or mixed", () => {
    const item = { productId: "a", quantity: 2, price: 10, currency: "BRL" };
    expect(orderTotal([item, item])).toEqual({ amount: 40, currency: "BRL" });
    expect(orderTotal([item, { ...item, price: null }])).toBeNull();
    expect(orderTotal([item, { ...item, currency: "USD" }])).toBeNull();
    expect(orderTotal([])).toBeNull();
  });

  it("prints unknown currencies instead of failing", () => {
    expect(money(1234.5, "BRL", "pt-BR")).toBe("R$\u00a01.234,50");
    expect(money(1, "!!", "en")).toBe("1.00 !!");
  });

  it("prints file sizes in the reader's language", () => {
    expect(fileSize(999, "en")).toBe("999 B");
    expect(fileSize(1_480_000, "pt-BR")).toBe("1,5 MB");
  });
});

describe("frames", () => {
  it("keeps the shape within the limits", () => {
    expect(frameFor(960, 720)).toEqual({ width: 320, height: 240 });
    expect(frameFor(600, 1000)).toEqual({ width: 216, height: 360 });
    expect(frameFor(4000, 10)).toEqual({ width: 320, height: 112 });
    expect(frameFor(null, null)).toEqual(frameFor(0, -1));
  });
});

describe("documents", () => {
  it("goes by the ending, then by the type", () => {
    expect(documentKind("a.XLSX", "")).toBe("sheet");
    expect(documentKind(null, "application/pdf")).toBe("pdf");
    expect(documentKind("noending", "application/octet-stream")).toBe("file");
    expect(documentEnding("nota.fiscal.pdf")).toBe("PDF");
    expect(documentEnding(null)).toBe("");
  });
});

describe("drawings", () => {
  it("draws the same map for the same place", () => {
    expect(mapStreets(-23.5, -46.6)).toEqual(mapStreets(-23.5, -46.6));
    expect(mapStreets(-23.5, -46.6)).not.toEqual(mapStreets(-8, -34));
  });

  it("scales the loudest bar to one and leaves silence flat", () => {
    expect(peaksOf(Float32Array.from([0, 0.25, -0.5, 0.1]), 2)).toEqual([0.5, 1]);
    expect(peaksOf(new Float32Array(10), 2)).toEqual([0, 0]);
    expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0]);
    expect(barsPath([0, 1], 20)).not.toContain("NaN");
  });
});

describe("reactions", () => {
  it("puts the most frequent first", () => {
    const groups = reactionGroups([
      { reactor: "a", emoji: "👍" },
      { reactor: "b", emoji: "❤️" },
      { reactor: "c", emoji: "❤️" },
    ]);
    expect(groups).toEqual([
      { emoji: "❤️", reactors: ["b", "c"] },
      { emoji: "👍", reactors: ["a"] },
    ]);
  });
});

describe("zoom", () => {
  it("keeps the point under the pointer where it is", () => {
    const zoomed = zoomAt(WHOLE, 2, 100, 50);
    expect((100 - zoomed.x) / zoomed.scale).toBeCloseTo(100);
    expect(zoomAt(zoomed, 0.1, 0, 0)).toEqual(WHOLE);
  });

  it("does not lose the picture", () => {
    expect(pan(WHOLE, 50, 50, 100, 100)).toEqual(WHOLE);
    expect(pan({ scale: 2, x: 0, y: 0 }, 9_999, 0, 100, 100).x).toBe(100);
  });
});
