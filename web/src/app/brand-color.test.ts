import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brandCss } from "@/app/brand-color";
import { contrast, parseHex, readableOn } from "@/lib/color";

const channel = fc.nat(255);

describe("brand colour", () => {
  it("can be read on both themes, whatever the account chose", () => {
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), (color) => {
        expect(
          contrast(readableOn(color, [250, 249, 246], [0, 0, 0]), [250, 249, 246]),
        ).toBeGreaterThanOrEqual(4.5);
        expect(
          contrast(readableOn(color, [21, 26, 24], [255, 255, 255]), [21, 26, 24]),
        ).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it("ignores what is no colour", () => {
    expect(parseHex("teal")).toBeNull();
    expect(brandCss("teal")).toBeNull();
    expect(brandCss(null)).toBeNull();
  });
});
