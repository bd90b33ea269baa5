/**
 * The content of a message as the screen understands it. `parseContent` is the boundary: what comes over the wire is
 * `unknown` here, what leaves is typed. Pure and total: a kind or a shape that nobody foresaw becomes `unsupported`,
 * never an exception and never an empty bubble. Shapes: inbox/whatsapp/payloads (received) and the send bodies of the
 * Cloud API (sent by us, by a bot, or echoed from the phone under `sent`).
 */
import type { MessageView } from "@/lib/wire/protocol.gen";
import { asArray, asNumber, asRecord, asText, type JsonRecord } from "./json";
import { parseStructured, type StructuredContent } from "./structured-content";
import { safeWebAddress } from "./text/links";

export interface ContactCard {
  name: string;
  company: string | null;
  phones: { phone: string; type: string | null }[];
  emails: string[];
  urls: string[];
}

export interface OrderItem {
  productId: string;
  quantity: number;
  price: number | null;
  currency: string;
}

export interface FormAnswer {
  label: string;
  value: string;
}

export type MessageContent =
  | { type: "text"; body: string }
  | { type: "picture" | "video" | "document"; caption: string | null }
  | { type: "sticker"; animated: boolean }
  | { type: "audio"; voice: boolean }
  | {
      type: "location";
      latitude: number;
      longitude: number;
      name: string | null;
      address: string | null;
      href: string | null;
    }
  | { type: "contacts"; cards: ContactCard[] }
  | { type: "order"; items: OrderItem[]; text: string | null }
  | { type: "tap"; from: "button" | "list"; title: string; description: string | null }
  | { type: "form"; name: string | null; answers: FormAnswer[] }
  | { type: "callPermission"; accepted: boolean; permanent: boolean }
  | StructuredContent
  | { type: "system"; event: string; body: string | null; waId: string | null }
  | { type: "welcome" }
  | { type: "reaction"; emoji: string | null }
  | { type: "revoked" }
  | { type: "unreadable" }
  | { type: "unsupported"; originalType: string; details: string | null };

export function parseContent(message: Pick<MessageView, "kind" | "content">): MessageContent {
  const content = asRecord(message.content);
  return PARSERS.get(message.kind)?.(content) ?? unsupported(message.kind, content);
}

type Parser = (content: JsonRecord) => MessageContent | null;

const PARSERS = new Map<string, Parser>([
  ["text", text],
  ["image", media("picture")],
  ["video", media("video")],
  ["document", media("document")],
  ["sticker", (content) => ({ type: "sticker", animated: mediaFlag(content, "animated") })],
  ["audio", (content) => ({ type: "audio", voice: mediaFlag(content, "voice") })],
  ["location", location],
  ["contacts", contacts],
  ["order", order],
  ["button", (content) => tap("button", content.text, null)],
  ["interactive", interactive],
  ["template", parseStructured],
  ["system", system],
  ["request_welcome", () => ({ type: "welcome" })],
  ["reaction", (content) => ({ type: "reaction", emoji: asText(content.emoji) })],
  ["edit", edit],
  ["revoke", () => ({ type: "revoked" })],
  ["unreadable", () => ({ type: "unreadable" })],
]);

function unsupported(kind: string, content: JsonRecord): MessageContent {
  const originalType = asText(content.original_type) ?? kind;
  return { type: "unsupported", originalType, details: asText(asRecord(content.error).details) };
}

function text(content: JsonRecord): MessageContent | null {
  const body = asText(content.body);
  return body === null ? null : { type: "text", body };
}

function media(type: "picture" | "video" | "document"): Parser {
  return (content) => ({ type, caption: asText(content.caption) });
}

/** The flags of a file stand beside the caption, or in the `media` object of a webhook that was just parsed. */
function mediaFlag(content: JsonRecord, flag: "voice" | "animated"): boolean {
  return content[flag] === true || asRecord(content.media)[flag] === true;
}

function location(content: JsonRecord): MessageContent | null {
  const latitude = asNumber(content.latitude);
  const longitude = asNumber(content.longitude);
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  const url = asText(content.url);
  return {
    type: "location",
    latitude,
    longitude,
    name: asText(content.name),
    address: asText(content.address),
    href: url === null ? null : safeWebAddress(url),
  };
}

function contacts(content: JsonRecord): MessageContent | null {
  const cards = asArray(content.contacts).map(asRecord).map(contactCard);
  return cards.length > 0 ? { type: "contacts", cards } : null;
}

function contactCard(card: JsonRecord): ContactCard {
  const phones = asArray(card.phones).map(asRecord);
  return {
    // Received cards carry the name as a string, cards in a send body as an object.
    name: asText(card.name) ?? asText(asRecord(card.name).formatted_name) ?? "",
    company: asText(asRecord(card.org).company),
    phones: phones.flatMap((entry) => {
      const phone = asText(entry.phone) ?? asText(entry.wa_id);
      return phone === null ? [] : [{ phone, type: asText(entry.type) }];
    }),
    emails: values(card.emails, "email"),
    urls: values(card.urls, "url"),
  };
}

function values(entries: unknown, key: string): string[] {
  return asArray(entries)
    .map(asRecord)
    .flatMap((entry) => asText(entry.value) ?? asText(entry[key]) ?? []);
}

function order(content: JsonRecord): MessageContent | null {
  const items = asArray(content.items).map(asRecord).map(orderItem);
  const note = asText(content.text);
  return items.length > 0 || note !== null ? { type: "order", items, text: note } : null;
}

function orderItem(item: JsonRecord): OrderItem {
  return {
    productId: asText(item.product_id) ?? "",
    quantity: asNumber(item.quantity) ?? 1,
    price: asNumber(item.price),
    currency: asText(item.currency) ?? "",
  };
}

function tap(from: "button" | "list", title: unknown, description: unknown): MessageContent | null {
  const label = asText(title);
  return label === null ? null : { type: "tap", from, title: label, description: asText(description) };
}

function interactive(content: JsonRecord): MessageContent | null {
  switch (content.type) {
    case "button_reply":
      return tap("button", content.title ?? content.id, content.description);
    case "list_reply":
      return tap("list", content.title ?? content.id, content.description);
    case "nfm_reply":
      return { type: "form", name: asText(content.name), answers: formAnswers(content.response) };
    case "call_permission_reply":
      return {
        type: "callPermission",
        accepted: content.response === "accept",
        permanent: content.is_permanent === true,
      };
    default:
      return parseStructured(content);
  }
}

// What a Flow answers about itself; it says nothing to an operator.
const FORM_PLUMBING = new Set(["flow_token", "flow_id", "version"]);

function formAnswers(response: unknown): FormAnswer[] {
  if (typeof response === "string" || typeof response === "number") return [{ label: "", value: String(response) }];
  return Object.entries(asRecord(response))
    .filter(([key]) => !FORM_PLUMBING.has(key))
    .map(([key, value]) => ({ label: formLabel(key), value: formValue(value) }));
}

/** `screen_0_Full_name_1` is how Flows name a field that its author did not name. */
function formLabel(key: string): string {
  const words = key
    .replace(/^screen_\d+_/, "")
    .replace(/_\d+$/, "")
    .replaceAll(/[_-]+/g, " ")
    .trim();
  return words === "" ? key : words.charAt(0).toUpperCase() + words.slice(1);
}

function formValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(formValue).join(", ");
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

function system(content: JsonRecord): MessageContent {
  return {
    type: "system",
    event: asText(content.type) ?? "",
    body: asText(content.body),
    waId: asText(content.wa_id),
  };
}

/** An edit whose original we never received: its new content is shown by itself. An edit of an edit does not exist. */
function edit(content: JsonRecord): MessageContent | null {
  const kind = asText(content.kind);
  return kind === null || kind === "edit" ? null : parseContent({ kind, content: asRecord(content.content) });
}
