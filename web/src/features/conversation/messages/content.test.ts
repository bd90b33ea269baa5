import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseContent } from "./content";

const KINDS = [
  "text", "image", "video", "audio", "document", "sticker", "location", "contacts", "order", "button", "interactive",
  "template", "system", "request_welcome", "reaction", "edit", "revoke", "unsupported", "unreadable", "hologram", "__proto__",
];

describe("content of a message", () => {
  it("never throws, whatever comes", () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.dictionary(fc.string(), fc.jsonValue()), (kind, content) => {
        expect(parseContent({ kind, content }).type).toBeTruthy();
      }),
    );
  });

  it("names what it does not know", () => {
    expect(parseContent({ kind: "hologram", content: {} })).toEqual({
      type: "unsupported",
      originalType: "hologram",
      details: null,
    });
  });

  it("says of sealed words without a key that they cannot be opened", () => {
    expect(parseContent({ kind: "unreadable", content: {} })).toEqual({ type: "unreadable" });
  });

  it("takes a location without a place for unsupported", () => {
    expect(parseContent({ kind: "location", content: { latitude: "x", longitude: 1 } }).type).toBe("unsupported");
    expect(parseContent({ kind: "location", content: { latitude: 91, longitude: 1 } }).type).toBe("unsupported");
  });

  it("refuses addresses that are not web addresses", () => {
    const place = parseContent({ kind: "location", content: { latitude: 1, longitude: 1, url: "javascript:alert(1)" } });
    expect(place).toMatchObject({ href: null });
  });

  it("hides the plumbing of a form and names its fields", () => {
    const form = parseContent({
      kind: "interactive",
      content: { type: "nfm_reply", response: { flow_token: "t", screen_0_Full_name_1: "Ana", tags: ["a", "b"] } },
    });
    expect(form).toMatchObject({
      answers: [
        { label: "Full name", value: "Ana" },
        { label: "Tags", value: "a, b" },
      ],
    });
  });

  it("reads the send body of an echo", () => {
    const sent = { type: "interactive", interactive: { type: "button", body: { text: "Oi" }, action: { buttons: [{ reply: { title: "Sim" } }] } } };
    expect(parseContent({ kind: "interactive", content: { sent } })).toMatchObject({
      type: "structured",
      body: "Oi",
      buttons: [{ type: "reply", title: "Sim" }],
    });
  });

  it("reads what we send as it is stored", () => {
    const list = { type: "list", body: "Oi", button: "Ver", sections: [{ rows: [{ id: "1", title: "A" }] }] };
    expect(parseContent({ kind: "interactive", content: list })).toMatchObject({
      body: "Oi",
      buttons: [{ type: "list", title: "Ver" }],
      sections: [{ title: null, rows: [{ title: "A" }] }],
    });
    const link = { type: "cta_url", body: "Oi", display_text: "Abrir", url: "https://a.com" };
    expect(parseContent({ kind: "interactive", content: link })).toMatchObject({
      buttons: [{ type: "link", title: "Abrir", href: "https://a.com/" }],
    });
    const product = { type: "product", catalog_id: "1", product_id: "SKU" };
    expect(parseContent({ kind: "interactive", content: product })).toMatchObject({ productId: "SKU", body: null });
    const picture = { type: "button", header: { type: "image", media_id: "m" }, body: "Oi", buttons: [{ title: "A" }] };
    expect(parseContent({ kind: "interactive", content: picture })).toMatchObject({ headerMedia: "picture" });
  });

  it("shows the values of a template whose text it does not have", () => {
    const template = { name: "pedido", language: { code: "pt_BR" }, components: [{ type: "body", parameters: [{ type: "text", text: "Ana" }, { type: "text", text: "123" }] }] };
    expect(parseContent({ kind: "template", content: { sent: { type: "template", template } } })).toMatchObject({
      template: "pedido",
      body: "Ana · 123",
    });
  });
});
