// Everything a person reads, in both languages.

const TEXTS = {
  "pt-BR": {
    title: "Celular", subtitle: "Você é o cliente da loja", search: "Buscar cliente", newCustomer: "Novo cliente",
    language: "Idioma", theme: "Tema claro ou escuro", back: "Voltar para a lista", details: "Detalhes do cliente",
    newest: "Ir para a mensagem mais nova", cancel: "Cancelar", discard: "Descartar gravação", send: "Enviar",
    recording: "Gravando…", attach: "Anexar", write: "Mensagem", record: "Gravar áudio", typing: "digitando…",
    business: "conta comercial", you: "Você", none: "Ninguém com esse nome.", noneYet: "Nenhum cliente ainda. Crie o primeiro!",
    virtual: "Cliente virtual. Se você escrever, assume a conversa.", offline: "Sem conexão. Tentando de novo…",
    emptyTitle: "Diga oi para a loja", emptyText: "O que você escrever aqui chega ao atendimento na hora.",
    chooseTitle: "Quem você vai ser hoje?", chooseText: "Escolha um cliente na lista ou crie um novo para começar.",
    today: "Hoje", yesterday: "Ontem", edited: "editada", deleted: "Mensagem apagada", photo: "Foto", video: "Vídeo",
    audio: "Áudio", voice: "Mensagem de voz", document: "Documento", sticker: "Figurinha", location: "Localização",
    contact: "Contato", reaction: "Reação", order: "Pedido", template: "Mensagem", interactive: "Mensagem",
    unsupported: "Mensagem não suportada", openLink: "Abrir link", choose: "Ver opções", sendLocation: "Enviar localização",
    react: "Reagir com", reply: "Responder", edit: "Editar", remove: "Apagar para todos", copy: "Copiar texto",
    more: "Mais ações", editing: "Editando mensagem", picture: "Galeria", file: "Documento", sampleVoice: "Áudio",
    name: "Nome", phone: "Número com DDD", username: "Nome de usuário", usernameOnly: "Sem número, só nome de usuário",
    usernameHint: "A loja não verá o telefone, só o identificador.", create: "Criar cliente", close: "Fechar",
    receipts: "Confirmação de leitura", receiptsHint: "A loja vê quando você leu", block: "Bloquear a loja",
    blockHint: "As mensagens dela falham", number: "Falar com", legend: "Sinais das mensagens", waiting: "Saindo do celular",
    accepted: "A loja recebeu", read: "A loja leu", keys: "Teclado", keySend: "enviar", keyLine: "nova linha",
    keyMenu: "ações da mensagem", refused: "Não foi possível enviar.", noMicrophone: "Sem microfone: enviamos um áudio de exemplo.",
    play: "Tocar", pause: "Pausar", items: "itens", contactName: "Nome do contato", contactPhone: "Telefone", share: "Compartilhar",
    unread: "não lidas", phoneBad: "Informe o número com DDD, só dígitos.", bsuid: "Identificador", enlarged: "Foto ampliada",
  },
  en: {
    title: "Phone", subtitle: "You are the shop’s customer", search: "Search customers", newCustomer: "New customer",
    language: "Language", theme: "Light or dark theme", back: "Back to the list", details: "Customer details",
    newest: "Go to the newest message", cancel: "Cancel", discard: "Discard recording", send: "Send",
    recording: "Recording…", attach: "Attach", write: "Message", record: "Record voice note", typing: "typing…",
    business: "business account", you: "You", none: "Nobody by that name.", noneYet: "No customers yet. Create the first!",
    virtual: "Virtual customer. Write, and the chat is yours.", offline: "No connection. Trying again…",
    emptyTitle: "Say hi to the shop", emptyText: "What you write here reaches the inbox at once.",
    chooseTitle: "Who will you be today?", chooseText: "Pick a customer from the list or create a new one to begin.",
    today: "Today", yesterday: "Yesterday", edited: "edited", deleted: "Message deleted", photo: "Photo", video: "Video",
    audio: "Audio", voice: "Voice note", document: "Document", sticker: "Sticker", location: "Location",
    contact: "Contact", reaction: "Reaction", order: "Order", template: "Message", interactive: "Message",
    unsupported: "Unsupported message", openLink: "Open link", choose: "See options", sendLocation: "Send location",
    react: "React with", reply: "Reply", edit: "Edit", remove: "Delete for everyone", copy: "Copy text",
    more: "More actions", editing: "Editing message", picture: "Gallery", file: "Document", sampleVoice: "Voice",
    name: "Name", phone: "Phone with area code", username: "Username", usernameOnly: "No number, username only",
    usernameHint: "The shop sees an id instead of the phone.", create: "Create customer", close: "Close",
    receipts: "Read receipts", receiptsHint: "The shop sees when you read", block: "Block the shop",
    blockHint: "Its messages fail", number: "Talk to", legend: "Message signs", waiting: "Leaving the phone",
    accepted: "The shop received it", read: "The shop read it", keys: "Keyboard", keySend: "send", keyLine: "new line",
    keyMenu: "message actions", refused: "Could not be sent.", noMicrophone: "No microphone: a sample voice note was sent.",
    play: "Play", pause: "Pause", items: "items", contactName: "Contact’s name", contactPhone: "Phone", share: "Share",
    unread: "unread", phoneBad: "Give the number with country and area code, digits only.", bsuid: "Identifier", enlarged: "Enlarged photo",
  },
};

let language = "pt-BR";

export function setLanguage(value) {
  language = TEXTS[value] ? value : "pt-BR";
  document.documentElement.lang = language;
}

export function currentLanguage() {
  return language;
}

export function t(key) {
  return TEXTS[language][key] ?? key;
}

/** Fill in every element of the page that names its text. */
export function translatePage() {
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", t(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = t(node.dataset.label);
  }
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
}

export function formatTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function formatDay(seconds) {
  const day = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return day.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
}

export function formatListTime(seconds) {
  const sameDay = new Date(seconds * 1000).toDateString() === new Date().toDateString();
  if (sameDay) return formatTime(seconds);
  return new Date(seconds * 1000).toLocaleDateString(language, { day: "2-digit", month: "2-digit" });
}

export function formatDuration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 5511999990001 → +55 11 99999-0001; others as +digits. */
export function formatPhone(digits) {
  const brazil = /^55(\d{2})(\d{4,5})(\d{4})$/.exec(digits);
  if (brazil) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`;
  return digits ? `+${digits}` : "";
}
