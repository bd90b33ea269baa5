import { describe, expect, it } from "vitest";
import { safeWebAddress } from "./links";
import { parseInline } from "./text-format";

function links(line: string): [string, string][] {
  return parseInline(line).flatMap((part) => (part.type === "link" ? [[part.text, part.href] as [string, string]] : []));
}

describe("links", () => {
  it.each([
    ["veja https://a.com/x_y_z?q=1, ok", "https://a.com/x_y_z?q=1", "https://a.com/x_y_z?q=1"],
    ["(https://pt.wikipedia.org/wiki/Rio_(cidade))", "https://pt.wikipedia.org/wiki/Rio_(cidade))", null],
    ["www.loja.com.br.", "www.loja.com.br", "https://www.loja.com.br/"],
    ["loja.com.br/p/1", "loja.com.br/p/1", "https://loja.com.br/p/1"],
    ["ana@ex.com.br", "ana@ex.com.br", "mailto:ana@ex.com.br"],
    ["ligue +55 11 98888-0001 já", "+55 11 98888-0001", "tel:+5511988880001"],
    ["(11) 98888-0001", "(11) 98888-0001", "tel:+5511988880001"],
  ])("finds the link in %s", (line, label, href) => {
    expect(links(line)[0]?.[0]).toBe(label);
    if (href !== null) expect(links(line)[0]?.[1]).toBe(href);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "foi.Depois eu volto",
    "CPF 123.456.789-09",
    "pedido 11988880001",
    "12/03/2026 14:05",
    "R$ 1.234,50",
  ])("leaves %s alone", (line) => {
    expect(links(line)).toEqual([]);
  });

  it("finds links inside emphasis", () => {
    expect(parseInline("*https://a.com*")).toEqual([
      { type: "bold", children: [{ type: "link", text: "https://a.com", href: "https://a.com/" }] },
    ]);
  });

  it.each(["javascript:alert(1)", "JAVASCRIPT:alert(1)", " data:text/html,x", "file:///etc/passwd", "//x", "", "http://"])(
    "refuses %s as an address",
    (value) => {
      expect(safeWebAddress(value)).toBeNull();
    },
  );
});
