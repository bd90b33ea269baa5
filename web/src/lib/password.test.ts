import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokenRules, passwordStrength } from "@/lib/password";

describe("password rules", () => {
  it.each([
    ["curta", ["length"]],
    ["aaaaaaaaaaaa", ["simple"]],
    ["9876543210", ["simple"]],
    ["qwertyuiop", ["simple"]],
    ["analima2026", ["personal"]],
    ["ana lima 2026", ["personal"]],
    ["cavalo correto bateria", []],
  ])("says what is wrong with %s", (password, expected) => {
    expect(brokenRules(password, ["Ana Lima", "analima@x.example"])).toEqual(expected);
  });

  it("does not mind a name inside of something long", () => {
    expect(brokenRules("a lima da horta fica azeda no inverno", ["Ana Lima"])).toEqual([]);
  });

  it("never gets weaker by a new character", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9!? ]{10,40}$/), (password) => {
        fc.pre(passwordStrength(password) > 0);
        expect(passwordStrength(`${password}é`)).toBeGreaterThanOrEqual(passwordStrength(password));
      }),
    );
  });

  it("tells weak from strong", () => {
    expect(passwordStrength("senhasenha")).toBeLessThan(3);
    expect(passwordStrength("tres Palavras & um número 7")).toBe(4);
  });
});
