/** What each permission lets a person or a key do, and what the built-in roles are for. Keys are the names on the wire. */
export const permissionsPtBr = {
  groups: {
    inbox: "Atendimento",
    contacts: "Contatos",
    company: "Empresa",
    security: "Segurança e privacidade",
    reports: "Relatórios",
  },
  names: {
    inbox: {
      title: "Atender",
      body: "Aceitar, responder e encerrar atendimentos dos seus departamentos.",
    },
    tickets: {
      supervise: {
        title: "Supervisionar",
        body: "Transferir, devolver à fila e encerrar atendimentos de colegas.",
      },
    },
    departments: {
      all: {
        title: "Todos os departamentos",
        body: "Ver e agir em qualquer departamento, sem fazer parte dele.",
      },
      manage: { title: "Gerir departamentos", body: "Criar, renomear, ordenar e arquivar departamentos." },
    },
    contacts: {
      edit: { title: "Editar contatos", body: "Corrigir o nome e os dados de um contato." },
      phones: {
        title: "Ver telefones inteiros",
        body: "Mesmo quando a empresa esconde os números dos clientes.",
      },
      reveal: {
        title: "Revelar um telefone",
        body: "Ver um número escondido de cada vez; cada consulta fica registrada.",
      },
    },
    numbers: { manage: { title: "Gerir números", body: "Ligar números do WhatsApp e dizer para onde vão." } },
    people: {
      manage: {
        title: "Gerir pessoas",
        body: "Convidar, mudar e remover pessoas, encerrar sessões e zerar o segundo passo.",
      },
    },
    roles: { manage: { title: "Gerir perfis", body: "Criar e mudar os perfis de acesso da empresa." } },
    account: {
      manage: { title: "Gerir a empresa", body: "Nome, logotipo, horários, uso e encerramento da conta." },
    },
    security: {
      manage: {
        title: "Regras de segurança",
        body: "Segundo passo obrigatório, redes permitidas e origens.",
      },
    },
    api_keys: {
      manage: { title: "Chaves de API", body: "Criar, trocar e revogar chaves para outros sistemas." },
    },
    audit: {
      view: { title: "Ver a auditoria", body: "Consultar e exportar tudo o que foi feito na conta." },
    },
    privacy: {
      manage: {
        title: "Privacidade (LGPD)",
        body: "Consentimentos, exportação e exclusão de dados, prazos de guarda.",
      },
    },
    reports: { view: { title: "Ver relatórios", body: "Números do atendimento, sem abrir as conversas." } },
  },
  roles: {
    admin: "Tudo: atende, organiza a equipe e cuida da conta.",
    supervisor: "Atende e acompanha os colegas dos seus departamentos.",
    operator: "Atende os clientes dos seus departamentos.",
    client: "Só acompanha os relatórios; não vê conversas.",
  },
  permissions_one: "{{count}} permissão",
  permissions_other: "{{count}} permissões",
  powerful: "Acesso forte",
  powerfulHint: "Quem tem esta permissão pode mudar o acesso de outras pessoas.",
  locked: "Você não tem esta permissão, por isso não pode concedê-la.",
  all: "Marcar tudo",
  none: "Desmarcar tudo",
  allOf: "Marcar tudo em {{group}}",
  noneOf: "Desmarcar tudo em {{group}}",
  allowed: "Sim",
  notAllowed: "Não",
};

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> };
export type PermissionWords = Words<typeof permissionsPtBr>;
