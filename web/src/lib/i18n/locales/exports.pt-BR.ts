/** Files that were asked for, wherever they are shown. */
export const exportsPtBr = {
  list: "Arquivos exportados",
  kinds: {
    audit: "Registro de auditoria",
    contact: "Dados de um contato",
    account: "Dados da empresa",
  },
  pending: "Preparando o arquivo…",
  pendingHint: "Pedido por {{name}} {{when}}. Pode sair desta página: ele fica pronto aqui.",
  ready: "{{size}} · pedido por {{name}} {{when}} · fica até {{until}}",
  failed: "Não deu para preparar",
  failedHint: "Pedido por {{name}} {{when}}. Peça de novo; se repetir, fale com quem cuida da instalação.",
  download: "Baixar",
  downloadOf: "Baixar {{file}}",
  downloaded: "Download registrado na auditoria",
  started: "O arquivo está sendo preparado",
  isReady: "O arquivo está pronto para baixar",
  page: {
    title: "Exportações",
    lead: "Arquivos que foram pedidos. Cada um fica uma semana; cada download vai para o registro de auditoria.",
    what: "Arquivo",
    state: "Situação",
    size: "Tamanho",
    requested: "Pedido",
    expires: "Fica até",
    states: { pending: "Preparando", ready: "Pronto", failed: "Não deu certo", expired: "Expirou" },
    by: "por {{name}}",
    none: "Nenhuma exportação ainda",
    noneBody: "Os arquivos pedidos na auditoria, nos contatos e aqui aparecem nesta lista.",
    all: "Exportar tudo da empresa",
    allTitle: "Exportar tudo da empresa?",
    allBody:
      "Um arquivo zip com pessoas, contatos, conversas, mensagens e arquivos. Pode levar alguns minutos; quem pede recebe um e-mail quando estiver pronto.",
    allConfirm: "Pedir arquivo",
    actions: "Baixar",
  },
};

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> };
export type ExportWords = Words<typeof exportsPtBr>;
