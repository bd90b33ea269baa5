/**
 * One valid message per kind and state: for the gallery, for mock mode and for tests. All of one conversation, in order of
 * time, two minutes apart.
 */
import type { MediaView, MessageView } from "@/lib/wire/protocol.gen";
import type { MessageViewer } from "./message-viewer";
import { FIXTURE_MEDIA, FIXTURE_VOICE_SECONDS } from "./fixture-media";

export interface Fixture {
  /** What the gallery calls it. */
  title: string;
  message: MessageView;
  authorName: string | null;
}

export interface FixtureGroup {
  title: string;
  fixtures: Fixture[];
}

export const FIXTURE_USERS = {
  viewer: "00000000-0000-7000-a000-000000000001",
  colleague: "00000000-0000-7000-a000-000000000002",
  bot: "00000000-0000-7000-a000-000000000003",
} as const;

export const fixtureViewer: MessageViewer = {
  userId: FIXTURE_USERS.viewer,
  contactName: "Marina Duarte",
  nameOf: (userId) => (userId === FIXTURE_USERS.colleague ? "Bruno Tavares" : null),
};

const CONVERSATION_ID = "00000000-0000-7000-b000-000000000001";
const FIRST_AT = Date.parse("2026-11-23T12:00:00Z");
const STEP_MS = 2 * 60_000;
let made = 0;

type Change = Partial<MessageView> & Pick<MessageView, "kind" | "content">;

function received(title: string, change: Change): Fixture {
  made += 1;
  const at = new Date(FIRST_AT + made * STEP_MS).toISOString();
  const message: MessageView = {
    id: `00000000-0000-7000-8000-${String(made).padStart(12, "0")}`,
    conversation_id: CONVERSATION_ID,
    ticket_id: null,
    direction: "in",
    author_kind: "contact",
    author_id: null,
    client_message_id: null,
    media: null,
    context: null,
    referral: null,
    reactions: [],
    status: "received",
    error: null,
    at,
    status_at: at,
    edited_at: null,
    deleted_at: null,
    version: 1,
    ...change,
  };
  return { title, message, authorName: null };
}

function sent(title: string, change: Change, authorName: string | null = null): Fixture {
  return {
    ...received(title, {
      direction: "out",
      author_kind: "user",
      author_id: FIXTURE_USERS.viewer,
      status: "read",
      ...change,
    }),
    authorName,
  };
}

function file(id: string, change: Partial<MediaView>): MediaView {
  return {
    id,
    state: "stored",
    mime_type: "image/jpeg",
    file_name: null,
    size: 184_320,
    width: null,
    height: null,
    duration_ms: null,
    ...change,
  };
}

const LANDSCAPE = file(FIXTURE_MEDIA.landscape, { width: 960, height: 720 });
const RECEIPT = file(FIXTURE_MEDIA.receipt, { width: 600, height: 1000 });
const VIDEO = file(FIXTURE_MEDIA.video, { mime_type: "video/webm", width: 192 * 3, height: 108 * 3, duration_ms: 2_000 });
const STICKER = file(FIXTURE_MEDIA.sticker, { mime_type: "image/webp", width: 512, height: 512 });
const VOICE = file(FIXTURE_MEDIA.voice, {
  mime_type: "audio/ogg; codecs=opus",
  size: 56_044,
  duration_ms: FIXTURE_VOICE_SECONDS * 1000,
});
const SONG = { ...VOICE, file_name: "jingle da loja.mp3", mime_type: "audio/mpeg" };
const UNPLAYABLE = { ...VOICE, mime_type: "audio/x-unknown" };

function paper(fileName: string, mimeType: string, size: number): MediaView {
  return file(FIXTURE_MEDIA.document, { mime_type: mimeType, file_name: fileName, size });
}

const text = (body: string) => ({ kind: "text", content: { body } });

const LONG_TEXT = Array.from(
  { length: 9 },
  (_, index) =>
    `${index + 1}º ponto: comprei no dia ${index + 3} pelo site, paguei no cartão e o prazo era de cinco dias úteis, ` +
    "mas o rastreio parou na transportadora e ninguém me deu retorno até agora. Pode verificar, por favor?",
).join("\n\n");

const texts: Fixture[] = [
  received("text", text("Oi! Tudo bem? Comprei uma camiseta ontem e queria trocar o tamanho 😊")),
  sent("text", text("Oi, Marina! Claro, eu te ajudo. Qual é o número do pedido?")),
  received("formatting", {
    ...text(
      "*Pedido 10432*, _camiseta azul_, ~tamanho P~ tamanho M\n\n- Frete já pago\n- Retirada na loja: não\n\n1. Trocar\n2. Enviar\n\n> vocês disseram até sexta\n\n`BR123456789` e também:\n```cep 01310-100\nav. paulista, 1000```",
    ),
  }),
  received("links", text("Veja https://loja.example.com/p/camiseta?cor=azul e www.correios.com.br. Meu e-mail: marina@example.com, fone (11) 98888-0001.")),
  received("one emoji", text("👍🏽")),
  received("three emoji", text("🎉🥳❤️")),
  received("right to left", text("مرحبا، أريد تغيير المقاس من فضلكم. شكراً جزيلاً")),
  received("long text", text(LONG_TEXT)),
  received("one long word", text("https://exemplo.com.br/rastreio/" + "A1B2C3D4E5".repeat(14))),
  received("not markup", text('<img src=x onerror="alert(1)"> <b>oi</b> javascript:alert(1)')),
];

const statuses: Fixture[] = (["queued", "sending", "sent", "delivered", "read"] as const).map((status) =>
  sent(status, { ...text("Pronto, a troca está registrada. Chega até quinta."), status }),
);

statuses.push(
  sent("played", { kind: "audio", content: { voice: true }, media: VOICE, status: "played" }),
  sent("unconfirmed", { ...text("Segue o código de postagem: LX 554 021 BR"), status: "unconfirmed" }),
  sent("failed, can be retried", {
    ...text("Consegue me mandar uma foto da etiqueta?"),
    status: "failed",
    error: {
      code: 131016,
      title: "Service unavailable",
      details: "A service is temporarily unavailable.",
      reason_key: "service_unavailable",
      reason: {
        "pt-BR": "O WhatsApp está instável. Tente de novo em alguns minutos.",
        en: "WhatsApp is unstable. Try again in a few minutes.",
      },
      can_retry: true,
    },
  }),
  sent("failed for good", {
    ...text("Bom dia! Ainda precisa de ajuda?"),
    status: "failed",
    error: {
      code: 131047,
      title: "Re-engagement message",
      details: "More than 24 hours have passed since the recipient last replied.",
      reason_key: "window_closed",
      reason: {
        "pt-BR": "Passaram mais de 24 h desde a última mensagem do cliente. Envie um modelo.",
        en: "More than 24 h have passed since the customer last wrote. Send a template.",
      },
      can_retry: false,
    },
  }),
);

const authors: Fixture[] = [
  sent("a colleague", { ...text("Oi, aqui é o Bruno, do suporte. Assumi daqui."), author_id: FIXTURE_USERS.colleague }, "Bruno Tavares"),
  sent("the bot", { ...text("Olá! Sou o assistente da Loja Central. Escolha um assunto."), author_kind: "bot", author_id: FIXTURE_USERS.bot }, "Assistente"),
  sent("from the phone", { ...text("Respondi pelo celular mesmo 😉"), author_kind: "phone", author_id: null }),
  sent("automatic", { ...text("Recebemos sua mensagem. Atendemos das 8h às 18h."), author_kind: "system", author_id: null }),
];

const pictures: Fixture[] = [
  received("picture", { kind: "image", content: {}, media: LANDSCAPE }),
  received("picture with caption", { kind: "image", content: { caption: "Olha o *comprovante* do PIX que fiz hoje às 14h, aqui aparece tudo certinho" }, media: RECEIPT }),
  sent("picture, size unknown", { kind: "image", content: {}, media: file(FIXTURE_MEDIA.landscape, {}), status: "delivered" }),
  received("picture on its way", { kind: "image", content: { caption: "A etiqueta" }, media: { ...LANDSCAPE, state: "pending" } }),
  received("picture that never came", { kind: "image", content: {}, media: { ...LANDSCAPE, state: "failed" } }),
  received("picture that the browser cannot load", { kind: "image", content: {}, media: file(FIXTURE_MEDIA.broken, { width: 800, height: 600 }) }),
  received("video", { kind: "video", content: {}, media: VIDEO }),
  sent("video with caption", { kind: "video", content: { caption: "Assim se coloca a alça" }, media: VIDEO }),
  received("sticker", { kind: "sticker", content: { animated: false }, media: STICKER }),
  sent("sticker", { kind: "sticker", content: {}, media: STICKER, status: "sent" }),
];

const sounds: Fixture[] = [
  received("voice note", { kind: "audio", content: { voice: true }, media: VOICE }),
  sent("voice note", { kind: "audio", content: { voice: true }, media: VOICE, status: "delivered" }),
  received("sound file", { kind: "audio", content: { voice: false }, media: SONG }),
  received("sound on its way", { kind: "audio", content: { voice: true }, media: { ...VOICE, state: "pending" } }),
  received("sound that this browser cannot play", { kind: "audio", content: { voice: true }, media: UNPLAYABLE }),
];

const documents: Fixture[] = [
  received("document", { kind: "document", content: { caption: "Segue a nota fiscal" }, media: paper("nota-fiscal-10432.pdf", "application/pdf", 284_113) }),
  sent("sheet", { kind: "document", content: {}, media: paper("Tabela de preços novembro 2026 – atacado e varejo, todas as cores.xlsx", "application/vnd.ms-excel", 1_480_000) }),
  received("document on its way", { kind: "document", content: {}, media: { ...paper("contrato.docx", "application/msword", 0), state: "pending", size: null } }),
  received("document that never came", { kind: "document", content: {}, media: { ...paper("fotos.zip", "application/zip", 0), state: "failed" } }),
];

const cards: Fixture[] = [
  received("place", { kind: "location", content: { latitude: -23.56168, longitude: -46.65598, name: "Avenida Paulista, 1578", address: "Bela Vista, São Paulo – SP", url: "https://example.com/loja" } }),
  sent("position", { kind: "location", content: { latitude: -8.06315, longitude: -34.87114 } }),
  received("contacts", {
    kind: "contacts",
    content: {
      contacts: [
        { name: "Beatriz Lima", phones: [{ phone: "+55 11 98888-0002", wa_id: "5511988880002", type: "CELL" }], org: { company: "Transportes Lima" }, emails: [{ value: "bia@example.com" }] },
        { name: "Portaria", phones: [{ phone: "(11) 3333-0004" }] },
      ],
    },
  }),
  received("order", {
    kind: "order",
    content: {
      catalog_id: "1",
      text: "Pode separar para retirar hoje?",
      items: [
        { product_id: "CAM-AZUL-M", quantity: 2, price: 59.9, currency: "BRL" },
        { product_id: "CALCA-JEANS-40", quantity: 1, price: 129.9, currency: "BRL" },
      ],
    },
  }),
];

const quotedQuestion = {
  message_id: "00000000-0000-7000-8000-000000000002",
  wamid: "wamid.QUESTION",
  direction: "out" as const,
  kind: "interactive",
  preview: "Como você prefere receber a troca?",
};

const answers: Fixture[] = [
  sent("buttons", {
    kind: "interactive",
    content: {
      type: "button",
      header: { type: "text", text: "Troca do pedido 10432" },
      body: "Como você prefere receber a troca?",
      footer: "Loja Central",
      buttons: [{ id: "home", title: "Em casa" }, { id: "shop", title: "Retirar na loja" }],
    },
  }),
  received("tapped button", { kind: "interactive", content: { type: "button_reply", id: "home", title: "Em casa" }, context: { quoted: quotedQuestion } }),
  sent("list", {
    kind: "interactive",
    content: {
      type: "list",
      body: "Escolha um horário para a entrega.",
      button: "Ver horários",
      sections: [{ title: "Amanhã", rows: [{ id: "1", title: "Manhã", description: "8h às 12h" }, { id: "2", title: "Tarde", description: "13h às 18h" }] }],
    },
  }),
  received("list answer", { kind: "interactive", content: { type: "list_reply", id: "2", title: "Tarde", description: "13h às 18h" }, context: { quoted: { ...quotedQuestion, preview: "Escolha um horário para a entrega." } } }),
  received("template button", { kind: "button", content: { text: "Quero saber mais", payload: "MORE" } }),
  received("form", { kind: "interactive", content: { type: "nfm_reply", name: "flow", body: "Sent", response: { flow_token: "t", nome_completo: "Marina Duarte", cpf: "123.456.789-09", screen_0_Data_de_nascimento_2: "1991-04-02", interesses: ["Camisetas", "Calças"] } } }),
  received("call permission", { kind: "interactive", content: { type: "call_permission_reply", response: "accept", is_permanent: false } }),
  sent("link button", { kind: "interactive", content: { type: "cta_url", header: { type: "image", media_id: FIXTURE_MEDIA.landscape }, body: "Acompanhe a entrega por aqui:", display_text: "Rastrear pedido", url: "https://example.com/r/10432" }, media: LANDSCAPE }),
  sent("product", { kind: "interactive", content: { type: "product", catalog_id: "1", product_id: "CAM-AZUL-G", body: "É esta aqui?" } }),
  sent("location request", { kind: "interactive", content: { type: "location_request_message", body: "Onde entregamos?" } }),
  sent("template by its values", { kind: "template", content: { name: "pedido_pronto", language: "pt_BR", components: [{ type: "body", parameters: [{ type: "text", text: "Marina" }, { type: "text", text: "10432" }] }] } }),
  sent("template", { kind: "template", content: { name: "pedido_pronto", language: { code: "pt_BR" }, header: "Pedido pronto", body: "Olá, Marina! Seu pedido *10432* está pronto para retirada.", footer: "Responda SAIR para não receber mais", buttons: [{ type: "QUICK_REPLY", text: "Obrigada" }, { type: "URL", text: "Ver pedido", url: "https://example.com/p/10432" }] } }),
];

const contexts: Fixture[] = [
  received("quoting", { ...text("É esse mesmo!"), context: { quoted: { ...quotedQuestion, kind: "text", preview: "Qual é o número do pedido?" } } }),
  sent("quoting a picture", { ...text("Recebi o comprovante, obrigado!"), context: { quoted: { message_id: "00000000-0000-7000-8000-000000000004", wamid: "wamid.P", direction: "in", kind: "image", preview: "" } } }),
  received("quoting what we do not have", { ...text("Sobre isso aqui"), context: { quoted: { message_id: null, wamid: "wamid.OLD", direction: null, kind: null, preview: "" } } }),
  received("forwarded", { ...text("Promoção válida só hoje"), context: { forwarded: true } }),
  received("forwarded many times", { ...text("Repassem para todos os grupos"), context: { frequently_forwarded: true } }),
  received("from an ad", { ...text("Oi! Vi o anúncio, ainda tem azul?"), referral: { source_url: "https://fb.me/anuncio", source_id: "1200", source_type: "ad", headline: "Camisetas de algodão por R$ 59,90", body: "Frete grátis para todo o Brasil até domingo.", media_type: "image" } }),
  received("about a product", { ...text("Tem desse no tamanho G?"), context: { referred_product: { catalog_id: "1", product_id: "CAM-AZUL-G" } } }),
  received("edited", { ...text("O número certo é 10432"), edited_at: "2026-11-23T13:40:00Z" }),
  received("deleted by the customer", { ...text("apaguei"), deleted_at: "2026-11-23T13:40:00Z" }),
  sent("deleted on the phone", { ...text("apaguei"), author_kind: "phone", author_id: null, deleted_at: "2026-11-23T13:40:00Z" }),
  received("reaction", { ...text("Chegou! Ficou perfeita, muito obrigada pelo cuidado"), reactions: [{ reactor: FIXTURE_USERS.viewer, emoji: "❤️" }] }),
  sent("reactions", { ...text("Que bom! Qualquer coisa é só chamar."), reactions: [{ reactor: "contact", emoji: "🙏" }, { reactor: FIXTURE_USERS.colleague, emoji: "👍" }] }),
];

const others: Fixture[] = [
  received("changed number", { kind: "system", content: { type: "user_changed_number", body: "User A changed from 1 to 2", wa_id: "5511988880009" } }),
  received("security code", { kind: "system", content: { type: "customer_identity_changed", body: "Identity changed" } }),
  received("opened the chat", { kind: "request_welcome", content: {} }),
  received("reaction to an unknown message", { kind: "reaction", content: { target_wamid: "wamid.OLD", emoji: "😂" } }),
  received("poll", { kind: "unsupported", content: { original_type: "poll_creation", error: { code: 131051, title: "Message type unknown", details: "Message type is currently not supported." } } }),
  received("a kind of the future", { kind: "hologram", content: { depth: 3 } }),
  received("an edit of an unknown message", { kind: "edit", content: { target_wamid: "wamid.OLD", kind: "text", content: { body: "Corrigindo: é o tamanho M" } } }),
  received("a deletion of an unknown message", { kind: "revoke", content: { target_wamid: "wamid.OLD" } }),
];

export const fixtureGroups: FixtureGroup[] = [
  { title: "Text", fixtures: texts },
  { title: "Status", fixtures: statuses },
  { title: "Authors", fixtures: authors },
  { title: "Pictures and videos", fixtures: pictures },
  { title: "Sounds", fixtures: sounds },
  { title: "Documents", fixtures: documents },
  { title: "Places, contacts, orders", fixtures: cards },
  { title: "Buttons, lists, forms, templates", fixtures: answers },
  { title: "Context, reactions, edits", fixtures: contexts },
  { title: "Lines and unknown kinds", fixtures: others },
];

export const fixtures: Fixture[] = fixtureGroups.flatMap((group) => group.fixtures);

export const fixtureMessages: MessageView[] = fixtures.map((fixture) => fixture.message);
