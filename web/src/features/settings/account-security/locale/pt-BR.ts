/** The security rules of a company. */
export const accountSecurityPtBr = {
  title: "Regras de segurança",
  lead: "Valem para todo mundo da empresa, a partir do próximo clique, também em sessões já abertas.",
  saved: "Regras salvas. Já estão valendo.",
  factor: {
    title: "Segundo passo obrigatório",
    lead: "Quem tem um destes perfis precisa de um código ou de uma chave de acesso, além da senha. Quem ainda não tem liga o seu ao entrar.",
    own: "O seu perfil está na lista e você ainda não tem um segundo passo: ligue o seu em “Sua segurança” antes de sair.",
    people_one: "{{count}} pessoa",
    people_other: "{{count}} pessoas",
    unknown: "Perfil próprio",
  },
  address: {
    label: "Seu endereço agora",
    unknown: "não identificado",
  },
  signIn: {
    title: "De onde as pessoas entram",
    lead: "Só destes endereços dá para entrar e trabalhar no Prosa. Com a lista vazia, de qualquer lugar.",
    label: "Endereço ou rede",
    empty: "De qualquer lugar",
    addMine: "Incluir o meu endereço",
    notMine: "O seu endereço, {{address}}, não está nesta lista. Inclua-o, ou você ficaria de fora.",
  },
  api: {
    title: "De onde as chaves de API funcionam",
    lead: "Vale para todas as chaves. Cada chave ainda pode ter a sua própria lista, mais apertada. Vazia: de qualquer lugar.",
    label: "Endereço ou rede",
    empty: "De qualquer lugar",
  },
  origins: {
    title: "Páginas que podem chamar a API",
    lead: "Sites que chamam a API direto do navegador (CORS). Servidores não precisam disto.",
    label: "Origem",
    empty: "Nenhuma página de fora",
  },
  list: {
    add: "Incluir",
    remove: "Tirar {{entry}}",
    networkHint: "Um endereço (203.0.113.7) ou uma rede (203.0.113.0/24). IPv6 também.",
    originHint: "Protocolo e domínio, sem caminho: https://crm.exemplo.com.br",
    badNetwork: "Isto não é um endereço nem uma rede.",
    hostBits: "Esta rede começa em {{network}}. Quer dizer {{network}}, ou só o endereço?",
    badOrigin: "Comece com https:// e pare no domínio, sem caminho.",
    twice: "Já está na lista.",
    full: "A lista está cheia.",
    you: "você",
  },
  lockedOut:
    "Com esta lista você mesmo ficaria de fora: o seu endereço é {{address}}. Inclua-o e salve de novo.",
  changed: "Outra pessoa salvou estas regras enquanto você editava.",
  changedAction: "Ver as regras de agora",
};

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> };
export type AccountSecurityWords = Words<typeof accountSecurityPtBr>;
