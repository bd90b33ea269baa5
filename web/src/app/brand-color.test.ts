import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brandCss } from "@/app/brand-color";
import { contrast, hex, parseHex, type Rgb } from "@/lib/color";

const channel = fc.nat(255);

/** --surface-0 to --surface-3 of tokens.css. */
const LIGHT_SURFACES = ["#f1efea", "#faf9f6", "#ffffff", "#f0eee8"].map(read);
const DARK_SURFACES = ["#0e1211", "#151a18", "#1d2321", "#222927"].map(read);

function read(text: string): Rgb {
  return parseHex(text) ?? [0, 0, 0];
}

/** --accent of the light and of the dark theme. */
function accents(css: string | null): [Rgb, Rgb] {
  const [light = "", dark = ""] = [...(css ?? "").matchAll(/--accent:(#[0-9a-f]{6})/g)].map(
    ([, text]) => text,
  );
  return [read(light), read(dark)];
}

describe("brand colour", () => {
  it("can be read on both themes, whatever the account chose", () => {
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), (color) => {
        const [light, dark] = accents(brandCss(hex(color)));
        for (const ground of LIGHT_SURFACES) expect(contrast(light, ground)).toBeGreaterThanOrEqual(4.5);
        for (const ground of DARK_SURFACES) expect(contrast(dark, ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it("ignores what is no colour", () => {
    expect(parseHex("teal")).toBeNull();
    expect(brandCss("teal")).toBeNull();
    expect(brandCss(null)).toBeNull();
  });
});
