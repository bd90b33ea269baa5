// Everything a person reads, in both languages.

const TEXTS = {
  "pt-BR": {
    page: "E-mails · Prosa", title: "E-mails", subtitle: "O que o Prosa teria enviado", clear: "Apagar todos",
    language: "Idioma", theme: "Tema claro ou escuro", phone: "Celular de um cliente", back: "Voltar para a lista",
    to: "Para", shown: "Como mostrar", html: "E-mail", text: "Texto", content: "Conteúdo do e-mail",
    offline: "Sem conexão. Tentando de novo…", noneTitle: "Nenhum e-mail ainda",
    noneText: "Convide alguém ou peça uma nova senha: o e-mail aparece aqui na hora. Nada sai desta máquina.",
    chooseTitle: "Escolha um e-mail", chooseText: "Os links funcionam e abrem em outra aba.", noSubject: "(sem assunto)",
  },
  en: {
    page: "Mail · Prosa", title: "Mail", subtitle: "What Prosa would have sent", clear: "Delete all",
    language: "Language", theme: "Light or dark theme", phone: "A customer’s phone", back: "Back to the list",
    to: "To", shown: "How to show it", html: "Mail", text: "Text", content: "The mail’s content",
    offline: "No connection. Trying again…", noneTitle: "No mail yet",
    noneText: "Invite somebody or ask for a new password: the mail shows up here at once. Nothing leaves this machine.",
    chooseTitle: "Choose a mail", chooseText: "Links work and open in another tab.", noSubject: "(no subject)",
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
  document.title = t("page");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", t(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = t(node.dataset.label);
  }
}

export function formatListTime(seconds) {
  const day = new Date(seconds * 1000);
  if (day.toDateString() === new Date().toDateString()) return day.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  return day.toLocaleDateString(language, { day: "2-digit", month: "2-digit" });
}

export function formatWhen(seconds) {
  return new Date(seconds * 1000).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}
