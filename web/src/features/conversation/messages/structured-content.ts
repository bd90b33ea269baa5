/**
 * Buttons, lists, links, Flows, products and templates that we, a bot or the phone sent, as the customer sees them. Two
 * shapes come: ours, flat (inbox/whatsapp/outgoing), and the Graph send body of an echo (under `sent`). Pure and total.
 */
import { asArray, asRecord, asText, type JsonRecord } from "./json";
import { safeWebAddress } from "./text/links";

export interface SentButton {
  type: "reply" | "link" | "phone" | "list" | "flow" | "copy" | "location";
  title: string;
  href: string | null;
}

export interface SentListSection {
  title: string | null;
  rows: { title: string; description: string | null }[];
}

export interface StructuredContent {
  type: "structured";
  /** Name of the template, when it is one. */
  template: string | null;
  /** The file above the text, when the message brings one. */
  headerMedia: "picture" | "video" | "document" | null;
  header: string | null;
  body: string | null;
  footer: string | null;
  productId: string | null;
  buttons: SentButton[];
  sections: SentListSection[];
}

/** Null when nothing of it can be read. */
export function parseStructured(content: JsonRecord): StructuredContent | null {
  const sent = asRecord(content.sent ?? content);
  const source = asRecord(sent.interactive ?? sent.template ?? sent);
  const action = asRecord(source.action);
  const templateHeader = asRecord(asArray(componentOf(source, "header").parameters)[0]);
  const parts = {
    template: "language" in source ? asText(source.name) : null,
    headerMedia: mediaTypeOf(source.header) ?? mediaTypeOf(templateHeader),
    header: partText(source.header) ?? asText(templateHeader.text),
    body: partText(source.body) ?? asText(source.text) ?? templateBody(source),
    footer: partText(source.footer),
    productId: asText(source.product_id) ?? asText(action.product_retailer_id),
    buttons: [
      ...asArray(action.buttons ?? source.buttons).map(asRecord).flatMap(sentButton),
      ...actionButton(source, action),
    ],
    sections: asArray(action.sections ?? source.sections).map(asRecord).flatMap(sentSection),
  };
  const words = [parts.template, parts.header, parts.body, parts.productId, parts.headerMedia];
  const empty = words.every((part) => part === null) && parts.buttons.length === 0;
  return empty ? null : { type: "structured", ...parts };
}

const MEDIA_TYPES = new Map<unknown, "picture" | "video" | "document">([
  ["image", "picture"],
  ["video", "video"],
  ["document", "document"],
]);

function mediaTypeOf(header: unknown): "picture" | "video" | "document" | null {
  return MEDIA_TYPES.get(asRecord(header).type) ?? null;
}

function partText(part: unknown): string | null {
  return asText(part) ?? asText(asRecord(part).text);
}

function sentButton(button: JsonRecord): SentButton[] {
  const title = asText(asRecord(button.reply).title) ?? asText(button.title) ?? asText(button.text);
  if (title === null) return [];
  const url = asText(button.url);
  const href = url === null ? null : safeWebAddress(url);
  const kind = (asText(button.type) ?? "").toLowerCase();
  if (href !== null) return [{ type: "link", title, href }];
  return [{ type: BUTTON_TYPES.get(kind) ?? "reply", title, href: null }];
}

const BUTTON_TYPES = new Map<string, SentButton["type"]>([
  ["phone_number", "phone"],
  ["voice_call", "phone"],
  ["copy_code", "copy"],
  ["otp", "copy"],
  ["flow", "flow"],
  ["url", "link"],
]);

/** The one button of a list, a link, a Flow or a location request; reply buttons come as an array. */
function actionButton(source: JsonRecord, action: JsonRecord): SentButton[] {
  const parameters = asRecord(action.parameters);
  const label = asText(action.button) ?? asText(source.button);
  if (label !== null) return [{ type: "list", title: label, href: null }];
  const link = asText(parameters.display_text) ?? asText(source.display_text);
  const url = asText(parameters.url) ?? asText(source.url);
  if (link !== null) return [{ type: "link", title: link, href: url === null ? null : safeWebAddress(url) }];
  const flow = asText(parameters.flow_cta) ?? asText(source.flow_cta);
  if (flow !== null) return [{ type: "flow", title: flow, href: null }];
  return source.type === "location_request_message" ? [{ type: "location", title: "", href: null }] : [];
}

function sentSection(section: JsonRecord): SentListSection[] {
  const rows = asArray(section.rows)
    .map(asRecord)
    .flatMap((row) => {
      const title = asText(row.title);
      return title === null ? [] : [{ title, description: asText(row.description) }];
    });
  return rows.length > 0 ? [{ title: asText(section.title), rows }] : [];
}

function componentOf(source: JsonRecord, type: string): JsonRecord {
  const components = asArray(source.components).map(asRecord);
  return components.find((component) => asText(component.type)?.toLowerCase() === type) ?? {};
}

/** A send body names a template without its text: its values are all that there is to read. */
function templateBody(source: JsonRecord): string | null {
  const body = componentOf(source, "body");
  const rendered = asText(body.text);
  if (rendered !== null) return rendered;
  const words = asArray(body.parameters)
    .map(asRecord)
    .flatMap((parameter) => asText(parameter.text) ?? asText(parameter.fallback_value) ?? []);
  return words.length > 0 ? words.join(" · ") : null;
}
